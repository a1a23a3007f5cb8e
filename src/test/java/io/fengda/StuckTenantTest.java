package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.FengdaClient.Customer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A tenant whose vendor hangs, with more queries than its worker has places for it. */
class StuckTenantTest {
  private static final String HANGING = "hang for the stuck tenant";

  private final TestEngine engine = TestEngine.get();
  private final FengdaClient client = engine.client();

  @Test
  void delaysNobodyElseAndIsToldAtOnceWhenTooManyWait() {
    List<Customer> stuck = new ArrayList<>();
    int places = TestEngine.RUNNING_MAX + TestEngine.WAITING_MAX;
    for (int i = 0; i < places; i++) {
      stuck.add(client.customer(TestEngine.PAGES));
      assertEquals(202, stuck.getLast().accept("m-1", HANGING).status());
    }
    awaitAsked(TestEngine.RUNNING_MAX);

    for (int i = 0; i < 10; i++) {
      var reply = client.customer("scripted").say("hello").json().get("reply");
      assertFalse(reply.get("fallback").asBoolean(), reply::toString);
    }
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .untilAsserted(() -> assertTrue(tellsAtOnce(), "nobody is told that too many wait"));

    stuck.forEach(Customer::stop);
    Customer later = client.customer(TestEngine.PAGES);
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> !later.say("hello").json().get("reply").get("fallback").asBoolean());
  }

  /** Long before the tenant's deadline of 20 s. */
  private boolean tellsAtOnce() {
    long startNanos = System.nanoTime();
    var reply = client.customer(TestEngine.PAGES).say("hello").json().get("reply");
    return reply.get("fallback").asBoolean()
        && TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) < 2_000;
  }

  private void awaitAsked(int count) {
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> engine.vendor().requestsAsking(HANGING).size() == count);
  }
}
