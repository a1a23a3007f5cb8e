package io.fengda.vendor;

import static io.fengda.vendor.TestVendors.OPEN_FOR;
import static io.fengda.vendor.TestVendors.all;
import static io.fengda.vendor.TestVendors.answer;
import static io.fengda.vendor.TestVendors.hang;
import static io.fengda.vendor.TestVendors.query;
import static io.fengda.vendor.TestVendors.result;
import static io.fengda.vendor.TestVendors.run;
import static io.fengda.vendor.TestVendors.since;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Source;
import io.fengda.conversation.model.ReplyKind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a vendor in trouble is spared, over real gRPC, and what it is not blamed for. */
@Timeout(60)
class VendorGuardTest {
  private final TestVendors vendors = TestVendors.create();

  @AfterEach
  void close() {
    vendors.close();
  }

  @Test
  void aVendorThatRefusesConnectionsIsHardlyCalledAndItsFallbackComesAtOnce() {
    VendorCalls calls = vendors.calls(1, "");
    Instant start = Instant.now();
    while (vendors.isOpen("first") == 0) {
      assertEquals(ReplyKind.VENDOR_UNAVAILABLE, result(calls).kind());
    }
    assertTrue(since(start).toMillis() < 1_000, since(start).toString());

    List<Long> millis = new ArrayList<>();
    for (int turn = 0; turn < 20; turn++) {
      Instant asked = Instant.now();
      assertEquals(ReplyKind.VENDOR_UNAVAILABLE, result(calls).kind());
      millis.add(since(asked).toMillis());
    }

    assertEquals(5, vendors.counted("first", "VENDOR_UNAVAILABLE"));
    assertTrue(millis.stream().allMatch(each -> each < 100), millis.toString());
  }

  @Test
  void aVendorThatComesBackIsFoundByTheFirstProbe() {
    VendorCalls calls = vendors.calls(1, "");
    while (vendors.isOpen("first") == 0) {
      var unused = result(calls);
    }
    // gRPC would wait longer and longer between its own tries to connect.
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () ->
                result(calls).kind() == ReplyKind.VENDOR_UNAVAILABLE
                    && vendors.counted("first", "VENDOR_UNAVAILABLE") >= 9);
    vendors.serve(vendors.first(), tries -> answer("back"));

    Awaitility.await()
        .atMost(OPEN_FOR.plusMillis(700))
        .pollInterval(50, TimeUnit.MILLISECONDS)
        .until(() -> result(calls).kind() == ReplyKind.ANSWER);

    assertEquals(0, vendors.isOpen("first"));
  }

  @Test
  void whatDoesNotFitAtOneVendorGoesToTheNext() {
    vendors.serve(vendors.first(), tries -> hang());
    vendors.serve(vendors.second(), tries -> answer("from the second"));
    VendorCalls calls = vendors.calls(2, "calls-max = 1");
    var unused = result(calls);
    vendors.called().set(0);
    UniqueKillSwitch open = run(calls);
    Awaitility.await().until(() -> vendors.called().get() == 1);

    Instant start = Instant.now();
    assertEquals("second", result(calls).vendor());

    assertTrue(since(start).toMillis() < 300, since(start).toString());
    assertEquals(1, vendors.counted("first", "BULKHEAD_FULL"));
    open.shutdown();
  }

  @Test
  void aCallThatIsCancelledGivesItsPlaceBackAndIsNoFailure() {
    vendors.serve(vendors.first(), tries -> tries <= 10 ? hang() : answer("at last"));
    VendorCalls calls = vendors.calls(1, "calls-max = 1");
    for (int turn = 1; turn <= 10; turn++) {
      int expected = turn;
      UniqueKillSwitch open = run(calls);
      Awaitility.await().until(() -> vendors.called().get() == expected);
      open.shutdown();
      Awaitility.await().until(() -> vendors.gauge("fengda.vendor.calls.open", "first") == 0);
    }

    assertEquals("at last", result(calls).text());
    assertEquals(0, vendors.counted("first", "BULKHEAD_FULL"));
  }

  @Test
  void aVendorIsNotToBlameForAQueryThatCameTooLate() {
    vendors.serve(vendors.first(), tries -> tries <= 10 ? hang() : answer("in time"));
    VendorCalls calls = vendors.calls(1, "");
    for (int turn = 0; turn < 10; turn++) {
      var unused = all(calls.call(query(Duration.ofMillis(60)), WorkLog.begin(Clock.systemUTC())));
    }

    assertEquals(0, vendors.isOpen("first"));
  }

  @Test
  void aVendorThatIsLateWithItsFirstTokenIsToBlame() {
    vendors.serve(vendors.first(), tries -> hang());
    VendorCalls calls = vendors.calls(1, "first-token = 100ms");
    for (int turn = 0; turn < 5; turn++) {
      assertEquals(ReplyKind.VENDOR_TIMEOUT, result(calls).kind());
    }

    assertEquals(1, vendors.isOpen("first"));
  }

  @Test
  void aSuccessInBetweenKeepsTheBreakerClosed() {
    vendors.serve(
        vendors.first(),
        tries ->
            tries % 5 == 0 ? answer("now and then") : Source.failed(new Exception("scripted")));
    VendorCalls calls = vendors.calls(1, "");
    for (int turn = 0; turn < 20; turn++) {
      var unused = result(calls);
    }

    assertEquals(20, vendors.called().get());
    assertEquals(0, vendors.isOpen("first"));
  }
}
