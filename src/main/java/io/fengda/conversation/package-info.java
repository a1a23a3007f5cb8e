/**
 * Station 2 and 3: the conversations themselves.
 *
 * <p>{@link io.fengda.conversation.Conversations} is the only door. Behind it every conversation is
 * a sharded persistent actor, {@link io.fengda.conversation.ConversationEntity}, which asks {@link
 * io.fengda.conversation.model} what to do, writes the journal first, and then replies. This
 * package knows no HTTP, no Kafka and no gRPC: {@link io.fengda.conversation.Queries} is where
 * queries leave.
 */
@NullMarked
package io.fengda.conversation;

import org.jspecify.annotations.NullMarked;
