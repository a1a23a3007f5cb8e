/** What tenants know: entries, how they are written, and where they are kept. */
@NullMarked
package io.fengda.knowledge;

import org.jspecify.annotations.NullMarked;
