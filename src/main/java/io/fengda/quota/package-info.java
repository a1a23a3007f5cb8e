/**
 * What each tenant may use of the whole cluster, shared out among its nodes. A node never asks
 * before it admits something: it holds a lease on a part of the quota.
 */
@NullMarked
package io.fengda.quota;

import org.jspecify.annotations.NullMarked;
