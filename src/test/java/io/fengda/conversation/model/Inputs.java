package io.fengda.conversation.model;

import io.fengda.tenant.Language;
import io.fengda.tenant.OverlapPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Rules to be tested, and what to ask them. */
final class Inputs {
  static final AttemptId LIVE = new AttemptId("live");
  static final AttemptId OTHER = new AttemptId("other");
  static final AttemptId IF_ABANDONED = new AttemptId("if-abandoned");
  static final Duration ABANDON_AFTER = Duration.ofSeconds(60);
  static final String FALLBACK_ZH = "系统繁忙，请稍后再试";
  static final String FALLBACK_EN = "We are busy. Please try again later.";

  private Inputs() {}

  static TurnRules rules(ModelLimits limits) {
    return rules(limits, OverlapPolicy.QUEUE);
  }

  static TurnRules rules(ModelLimits limits, OverlapPolicy overlap) {
    return new TurnRules(
        limits, overlap, ABANDON_AFTER, Map.of(Language.ZH, FALLBACK_ZH, Language.EN, FALLBACK_EN));
  }

  /** The live attempt at answering these messages. */
  static Attempt live(Long... covers) {
    return Attempt.begin(LIVE, List.of(covers), Instant.MAX);
  }

  /** What {@link ConversationBuilder#received(String...)} received, sent again. */
  static Input.Receive receive(String messageId) {
    return receive(messageId, "text of " + messageId);
  }

  static Input.Receive receive(String messageId, String text) {
    return new Input.Receive(new MessageId(messageId), text, Channel.REST, Language.EN, "");
  }

  static Input.Delta delta(AttemptId attempt, int offset, String text) {
    return new Input.Delta(attempt, offset, text);
  }

  static Input.Result result(AttemptId attempt, Long... covers) {
    return new Input.Result(
        attempt, List.of(covers), ReplyKind.ANSWER, "an answer", "vendor", 0.5, List.of());
  }

  static Input.Result result(ReplyKind kind, String text, Long... covers) {
    return new Input.Result(LIVE, List.of(covers), kind, text, "vendor", 0.5, List.of());
  }
}
