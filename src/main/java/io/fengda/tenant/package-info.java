/** Who uses the engine: each tenant's keys, quotas, deadlines, vendors and texts. */
@NullMarked
package io.fengda.tenant;

import org.jspecify.annotations.NullMarked;
