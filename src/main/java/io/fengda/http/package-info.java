/**
 * Station 1: the wire contract. Authenticates, bounds the size, checks the tenant's quota, parses,
 * and asks {@link io.fengda.conversation.Conversations}; shows what comes back as JSON, server-sent
 * events or WebSocket frames. {@link io.fengda.http.Problem} is the one table of everything that
 * can go wrong.
 */
@NullMarked
package io.fengda.http;

import org.jspecify.annotations.NullMarked;
