/**
 * Certificates and keys of encrypted connections: read from PEM files, and again when they change.
 */
@NullMarked
package io.fengda.tls;

import org.jspecify.annotations.NullMarked;
