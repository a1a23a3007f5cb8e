/** The manifests of {@code k8s/}, the image, and a node that asks Kubernetes for the others. */
@NullMarked
package io.fengda.k8s;

import org.jspecify.annotations.NullMarked;
