/**
 * The pure rules of a conversation: identity, events, state, and what each input does in each
 * state.
 *
 * <p>Nothing here knows an actor, a clock, a socket or a random number. {@link
 * io.fengda.conversation.model.TurnRules} decides, {@link
 * io.fengda.conversation.model.Conversation} applies; the entity persists, replies and times. A
 * seeded simulation in the tests runs these rules against duplicates, reorderings, time-outs and
 * crashes.
 */
@NullMarked
package io.fengda.conversation.model;

import org.jspecify.annotations.NullMarked;
