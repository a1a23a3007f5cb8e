package io.fengda.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.Done;
import akka.stream.UniqueKillSwitch;
import io.fengda.conversation.model.AttemptId;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import scala.concurrent.Promise;

/** Attempts that nobody waits for are cut off, and do not begin. */
class CancellationsTest {
  private static final AttemptId ATTEMPT = new AttemptId("attempt");
  private static final AttemptId OTHER = new AttemptId("other");
  private static final Instant NOW = Instant.parse("2026-03-08T09:30:00Z");
  private static final Instant DEADLINE = NOW.plusMillis(1_500);
  private static final int MAX = 3;

  private final Cancellations cancellations = new Cancellations(MAX);

  @Test
  void whatRunsIsCutOffAndNothingElse() {
    Call call = Call.begin();
    Call other = Call.begin();
    cancellations.started(ATTEMPT, call.kill());
    cancellations.started(OTHER, other.kill());

    cancellations.cancel(ATTEMPT, DEADLINE, NOW);

    assertTrue(call.isCutOff());
    assertFalse(other.isCutOff());
  }

  @Test
  void whatIsStillInKafkaIsKnownToBeCancelled() {
    cancellations.cancel(ATTEMPT, DEADLINE, NOW);

    assertTrue(cancellations.isCancelled(ATTEMPT));
    assertFalse(cancellations.isCancelled(OTHER));
  }

  @Test
  void whatIsCancelledWhileItBeginsIsCutOffAtOnce() {
    Call call = Call.begin();
    cancellations.cancel(ATTEMPT, DEADLINE, NOW);

    cancellations.started(ATTEMPT, call.kill());

    assertTrue(call.isCutOff());
    assertFalse(cancellations.isCancelled(ATTEMPT), "its cancel has done its work");
  }

  @Test
  void whatRanAndWasCutOffIsNotRemembered() {
    cancellations.started(ATTEMPT, Call.begin().kill());

    cancellations.cancel(ATTEMPT, DEADLINE, NOW);

    assertFalse(cancellations.isCancelled(ATTEMPT));
  }

  @Test
  void whatHasEndedIsNotCutOff() {
    Call call = Call.begin();
    cancellations.started(ATTEMPT, call.kill());
    cancellations.ended(ATTEMPT, DEADLINE, NOW);

    cancellations.cancel(ATTEMPT, DEADLINE, NOW);

    assertFalse(call.isCutOff());
  }

  @Test
  void aCancelThatComesTwiceCutsOffOnce() {
    Call call = Call.begin();
    cancellations.started(ATTEMPT, call.kill());

    cancellations.cancel(ATTEMPT, DEADLINE, NOW);
    cancellations.cancel(ATTEMPT, DEADLINE, NOW);

    assertTrue(call.isCutOff());
  }

  @Test
  void theOldestIsForgottenWhenThereAreTooMany() {
    List<AttemptId> attempts =
        Stream.of("first", "second", "third", "fourth").map(AttemptId::new).toList();

    attempts.forEach(attempt -> cancellations.cancel(attempt, DEADLINE, NOW));

    assertEquals(
        attempts.subList(1, attempts.size()),
        attempts.stream().filter(cancellations::isCancelled).toList());
  }

  @Test
  void aCancelIsForgottenAfterItsDeadline() {
    cancellations.cancel(ATTEMPT, DEADLINE, NOW);

    cancellations.cancel(OTHER, DEADLINE.plusMillis(2), DEADLINE.plusMillis(1));

    assertFalse(cancellations.isCancelled(ATTEMPT));
    assertTrue(cancellations.isCancelled(OTHER));
  }

  @Test
  void aCancelIsRememberedUpToItsDeadline() {
    cancellations.cancel(ATTEMPT, DEADLINE, NOW);

    cancellations.cancel(OTHER, DEADLINE, DEADLINE);

    assertTrue(cancellations.isCancelled(ATTEMPT));
  }

  @Test
  void whatRunsOrHasRunIsKnownUpToItsDeadline() {
    cancellations.started(ATTEMPT, Call.begin().kill());
    boolean running = cancellations.isKnown(ATTEMPT);
    cancellations.ended(ATTEMPT, DEADLINE, NOW);
    boolean ended = cancellations.isKnown(ATTEMPT);
    cancellations.ended(OTHER, DEADLINE, DEADLINE.plusMillis(1));

    assertTrue(running);
    assertTrue(ended);
    assertFalse(cancellations.isKnown(ATTEMPT));
    assertFalse(cancellations.isCancelled(OTHER));
  }

  /** A call as the stream that makes it shows it: a switch, and whether it was thrown. */
  private record Call(UniqueKillSwitch kill, Promise<Done> thrown) {
    static Call begin() {
      Promise<Done> thrown = Promise.apply();
      return new Call(new UniqueKillSwitch(thrown), thrown);
    }

    boolean isCutOff() {
      return thrown.isCompleted();
    }
  }
}
