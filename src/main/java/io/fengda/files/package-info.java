/** Pages and what they are made of, served to browsers as they are. */
@NullMarked
package io.fengda.files;

import org.jspecify.annotations.NullMarked;
