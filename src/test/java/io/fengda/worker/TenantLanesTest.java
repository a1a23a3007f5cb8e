package io.fengda.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.Done;
import io.fengda.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class TenantLanesTest {
  private static final TenantId BANK = TenantId.of("bank");
  private static final TenantId SHOP = TenantId.of("shop");

  private final TenantLanes lanes = new TenantLanes(2, 3);
  private final List<CompletableFuture<Done>> started = new ArrayList<>();

  @Test
  void whatIsBeyondWaitsInOrderAndNotInTheWayOfOthers() {
    CompletionStage<Done> first = run(BANK);
    run(BANK);
    CompletionStage<Done> third = run(BANK);
    run(BANK);
    assertEquals(2, started.size());
    assertEquals(2, lanes.waiting());

    CompletionStage<Done> other = run(SHOP);
    started.get(2).complete(Done.getInstance());
    assertTrue(isDone(other));
    assertFalse(isDone(first));

    started.get(0).complete(Done.getInstance());
    assertTrue(isDone(first));
    assertEquals(4, started.size());
    assertFalse(isDone(third));
    started.get(3).complete(Done.getInstance());
    assertTrue(isDone(third));
    assertEquals(0, lanes.waiting());
  }

  @Test
  void beyondThoseThatMayWaitThereIsNoPlace() {
    for (int i = 0; i < 5; i++) {
      run(BANK);
    }

    assertTrue(lanes.run(BANK, this::begin).isEmpty());
    assertTrue(lanes.run(SHOP, this::begin).isPresent());

    started.get(0).complete(Done.getInstance());
    assertTrue(lanes.run(BANK, this::begin).isPresent());
  }

  @Test
  void aFailureGivesItsPlaceBackToo() {
    CompletionStage<Done> first = run(BANK);
    run(BANK);
    CompletionStage<Done> third = run(BANK);

    started.get(0).completeExceptionally(new IllegalStateException("planted"));
    started.get(2).completeExceptionally(new IllegalStateException("planted"));

    assertTrue(first.toCompletableFuture().isCompletedExceptionally());
    assertTrue(third.toCompletableFuture().isCompletedExceptionally());
    run(BANK);
    assertEquals(4, started.size());
  }

  @Test
  void thousandsThatEndAtOnceDoNotNest() {
    TenantLanes one = new TenantLanes(1, 100_000);
    CompletableFuture<Done> first = new CompletableFuture<>();
    var unused = one.run(BANK, () -> first);
    CompletionStage<Done> last = first;
    for (int i = 0; i < 100_000; i++) {
      last =
          one.run(BANK, () -> CompletableFuture.completedStage(Done.getInstance())).orElseThrow();
    }

    first.complete(Done.getInstance());

    assertTrue(isDone(last));
    assertEquals(0, one.waiting());
  }

  private CompletionStage<Done> run(TenantId tenant) {
    return lanes.run(tenant, this::begin).orElseThrow();
  }

  private CompletionStage<Done> begin() {
    CompletableFuture<Done> work = new CompletableFuture<>();
    started.add(work);
    return work;
  }

  private static boolean isDone(CompletionStage<Done> stage) {
    return stage.toCompletableFuture().isDone();
  }
}
