package io.fengda.conversation.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@link TurnRules#decide}, or something that looks like it. */
@FunctionalInterface
interface Decider {
  Decision decide(
      Conversation conversation,
      @Nullable Attempt attempt,
      Input input,
      Instant now,
      AttemptId ifAbandoned);
}
