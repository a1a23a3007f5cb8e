package io.fengda.vendor;

import static io.fengda.vendor.TestVendors.DEADLINE;
import static io.fengda.vendor.TestVendors.all;
import static io.fengda.vendor.TestVendors.answer;
import static io.fengda.vendor.TestVendors.brokenOff;
import static io.fengda.vendor.TestVendors.delta;
import static io.fengda.vendor.TestVendors.hang;
import static io.fengda.vendor.TestVendors.query;
import static io.fengda.vendor.TestVendors.result;
import static io.fengda.vendor.TestVendors.since;
import static io.fengda.vendor.TestVendors.unavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.stream.javadsl.Source;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.ReplyKind;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A vendor that fails, over real gRPC: what the turn still gets. */
@Timeout(60)
class VendorFailoverTest {
  private final TestVendors vendors = TestVendors.create();

  @AfterEach
  void close() {
    vendors.close();
  }

  @Test
  void aVendorThatIsDownIsReplacedWithinTheTurn() {
    vendors.serve(vendors.second(), tries -> answer("from the second"));
    VendorCalls calls = vendors.calls(2, "");

    Input.Result result = result(calls);

    assertEquals(ReplyKind.ANSWER, result.kind());
    assertEquals("second", result.vendor());
  }

  @Test
  void aVendorThatHangsIsReplacedWithinTheTurnAndSparedAfterFiveFailures() {
    vendors.serve(vendors.first(), tries -> hang());
    vendors.serve(vendors.second(), tries -> answer("from the second"));
    VendorCalls calls = vendors.calls(2, "");

    for (int turn = 0; turn < 5; turn++) {
      assertEquals(ReplyKind.ANSWER, result(calls).kind());
    }
    Instant start = Instant.now();
    Input.Result sixth = result(calls);

    assertEquals("second", sixth.vendor());
    assertTrue(since(start).toMillis() < 300, since(start).toString());
    assertEquals(1, vendors.isOpen("first"));
    assertEquals(1, vendors.counted("first", "BREAKER_OPEN"));
  }

  @Test
  void nobodyWaitsBeyondTheDeadline() {
    vendors.serve(vendors.first(), tries -> hang());
    VendorCalls calls = vendors.calls(1, "");

    Instant start = Instant.now();
    Input.Result result = result(calls);

    assertEquals(ReplyKind.VENDOR_TIMEOUT, result.kind());
    assertTrue(since(start).compareTo(DEADLINE.plusMillis(300)) < 0, since(start).toString());
  }

  @Test
  void aVendorThatIsAwayForAMomentIsAskedAgain() {
    vendors.serve(
        vendors.first(), tries -> tries == 1 ? unavailable() : answer("at the second try"));
    VendorCalls calls = vendors.calls(1, "");

    assertEquals("at the second try", result(calls).text());
    assertEquals(2, vendors.called().get());
  }

  @Test
  void aVendorIsTriedThreeTimesAtMost() {
    vendors.serve(vendors.first(), tries -> unavailable());
    VendorCalls calls = vendors.calls(1, "");

    assertEquals(ReplyKind.VENDOR_UNAVAILABLE, result(calls).kind());
    assertEquals(3, vendors.called().get());
  }

  @Test
  void anErrorIsNotRepeatedAtTheSameVendor() {
    vendors.serve(vendors.first(), tries -> Source.failed(new IllegalStateException("scripted")));
    vendors.serve(vendors.second(), tries -> answer("from the second"));
    VendorCalls calls = vendors.calls(2, "");

    assertEquals("second", result(calls).vendor());
    assertEquals(2, vendors.called().get());
  }

  @Test
  void whatABrokenAnswerHasSaidIsReplacedByTheNextVendorsResult() {
    vendors.serve(vendors.first(), tries -> brokenOff("half of an ans"));
    vendors.serve(
        vendors.second(),
        tries -> Source.single(delta("the wh")).concat(answer("the whole answer")));
    VendorCalls calls = vendors.calls(2, "");

    List<Input.FromWorker> all = all(calls.call(query(DEADLINE), WorkLog.begin(Clock.systemUTC())));

    assertEquals(2, all.size());
    assertEquals("half of an ans", ((Input.Delta) all.getFirst()).text());
    assertEquals("the whole answer", ((Input.Result) all.getLast()).text());
    assertEquals(2, vendors.called().get());
  }

  @Test
  void aVendorThatStallsInTheMiddleIsReplacedWithinTheTurn() {
    vendors.serve(
        vendors.first(), tries -> Source.single(delta("half of an ans")).concat(Source.maybe()));
    vendors.serve(vendors.second(), tries -> answer("the whole answer"));
    VendorCalls calls = vendors.calls(2, "");

    assertEquals("the whole answer", result(calls).text());
  }

  @Test
  void aVendorMayHaveATimeForItsFirstToken() {
    vendors.serve(vendors.first(), tries -> hang());
    vendors.serve(vendors.second(), tries -> answer("from the second"));
    VendorCalls calls = vendors.calls(2, "first-token = 100ms");
    var unused = result(calls);

    Instant start = Instant.now();
    assertEquals("second", result(calls).vendor());

    assertTrue(since(start).toMillis() < 450, since(start).toString());
  }
}
