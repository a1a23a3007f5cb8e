/**
 * Fengda, a conversation engine for AI customer service.
 *
 * <p>A message passes eight stations, one way:
 *
 * <ol>
 *   <li>{@link io.fengda.http} authenticates, bounds, checks the quota, parses.
 *   <li>{@link io.fengda.conversation.Conversations} is the only door to the actors.
 *   <li>{@code io.fengda.conversation.ConversationEntity} asks {@link
 *       io.fengda.conversation.model}, writes the journal ({@link io.fengda.journal}), and accepts.
 *   <li>{@link io.fengda.queue} publishes the query to Kafka.
 *   <li>{@link io.fengda.worker} takes it.
 *   <li>{@link io.fengda.vendor} calls the tenant's vendor; {@link io.fengda.answerer} is the one
 *       that ships with Fengda.
 *   <li>{@link io.fengda.queue} brings deltas and result back.
 *   <li>The entity writes the reply and tells everyone who watches.
 * </ol>
 *
 * <p>Beside them: {@link io.fengda.identity}, {@link io.fengda.tenant}, {@link
 * io.fengda.administration}, {@link io.fengda.knowledge}, {@link io.fengda.quota}, {@link
 * io.fengda.telemetry}, {@link io.fengda.tls}, {@link io.fengda.files}, {@link io.fengda.operator},
 * and {@code io.fengda.embedded} for one machine. {@link io.fengda.Main} starts the roles that the
 * configuration names.
 */
@NullMarked
package io.fengda;

import org.jspecify.annotations.NullMarked;
