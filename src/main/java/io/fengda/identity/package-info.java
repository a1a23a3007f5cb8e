/** Who is calling: JSON Web Tokens, what they are for, and the keys that prove them. */
@NullMarked
package io.fengda.identity;

import org.jspecify.annotations.NullMarked;
