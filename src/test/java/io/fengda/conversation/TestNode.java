package io.fengda.conversation;

import static org.awaitility.Awaitility.await;

import io.fengda.conversation.model.ModelLimits;
import io.fengda.telemetry.Metrics;
import io.fengda.telemetry.Spans;
import io.fengda.tenant.Branding;
import io.fengda.tenant.Language;
import io.fengda.tenant.OverlapPolicy;
import io.fengda.tenant.Priority;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.TenantKeys;
import io.fengda.tenant.Tenants;
import io.fengda.tenant.TokenRules;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** What the conversations of one node share, to be looked into. */
final class TestNode {
  /** A tenant whose turns have all the time of a test, and two of which may be open. */
  static final String BANK = "bank";

  /** A tenant whose turns end at their deadline before anybody answers. */
  static final String HASTY = "hasty";

  static final Instant START = Instant.parse("2026-03-08T09:30:00Z");
  static final Duration DEADLINE = Duration.ofMinutes(2);
  static final Duration ABANDON_AFTER = Duration.ofSeconds(60);
  static final Duration LEASE_RENEWAL = Duration.ofSeconds(5);
  static final String FALLBACK_ZH = "系统繁忙，请稍后再试";
  static final String FALLBACK_EN = "We are busy, please try again later.";
  static final int BANK_OPEN_TURNS_MAX = 2;
  static final int WAITING_MAX = 2;
  static final int TURN_MESSAGES_MAX = 3;

  /** Tenants with another overlap policy than {@code QUEUE}. */
  static final String MERGING = "merging";

  static final String INTERRUPTING = "interrupting";
  static final String REJECTING = "rejecting";

  /** Large enough for most tests. */
  static final ModelLimits LIMITS =
      new ModelLimits(200, 64 * 1024, 1_000, WAITING_MAX, TURN_MESSAGES_MAX);

  private static final Duration HASTY_DEADLINE = Duration.ofMillis(50);
  private static final int OPEN_TURNS_MAX = 3;
  private static final Duration QUEUEING_TARGET = Duration.ofMillis(150);
  private static final int SNAPSHOT_EVERY = 1_000;

  private final ScriptedQueries queries = new ScriptedQueries();
  private final SteppableClock clock = new SteppableClock(START);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final OpenTurns openTurns =
      new OpenTurns(
          new LoadLimit(OPEN_TURNS_MAX, OPEN_TURNS_MAX, QUEUEING_TARGET, clock), new WholeQuota());
  private final EntityContext shared;

  private TestNode(ModelLimits limits, int snapshotEvery) {
    AtomicLong ids = new AtomicLong();
    this.shared =
        new EntityContext(
            settings(limits, snapshotEvery),
            Tenants.of(
                List.of(
                    tenant(BANK, DEADLINE, OverlapPolicy.QUEUE, BANK_OPEN_TURNS_MAX),
                    tenant(HASTY, HASTY_DEADLINE, OverlapPolicy.QUEUE, OPEN_TURNS_MAX),
                    tenant(MERGING, DEADLINE, OverlapPolicy.MERGE, OPEN_TURNS_MAX),
                    tenant(INTERRUPTING, DEADLINE, OverlapPolicy.INTERRUPT, OPEN_TURNS_MAX),
                    tenant(REJECTING, DEADLINE, OverlapPolicy.REJECT, OPEN_TURNS_MAX)),
                tenant("unknown", DEADLINE, OverlapPolicy.QUEUE, OPEN_TURNS_MAX)),
            queries,
            openTurns,
            new LocalShards(10),
            new Metrics(meters),
            new TurnStories(
                new RecentTurns(100),
                Spans.of(TestSystem.get().kit().system()),
                new Metrics(meters)),
            clock,
            () -> "id-" + ids.incrementAndGet(),
            stopped -> {});
  }

  /** There is no other node. */
  static final class WholeQuota implements OpenTurns.Shares {
    @Override
    public long of(Tenant tenant) {
      return tenant.openTurnsMax();
    }

    @Override
    public void wanted(Tenant tenant, int turns) {}

    @Override
    public void open(Tenant tenant, int turns) {}
  }

  static TestNode create() {
    return new TestNode(LIMITS, SNAPSHOT_EVERY);
  }

  static TestNode remembering(int messages) {
    return new TestNode(
        new ModelLimits(messages, 64 * 1024, 1_000, WAITING_MAX, TURN_MESSAGES_MAX),
        SNAPSHOT_EVERY);
  }

  static TestNode snapshottingEvery(int events) {
    return new TestNode(LIMITS, events);
  }

  EntityContext shared() {
    return shared;
  }

  ScriptedQueries queries() {
    return queries;
  }

  SteppableClock clock() {
    return clock;
  }

  /** Places are given back a moment after who waits was told. */
  void awaitOpenTurns(int expected) {
    await().until(openTurns::count, count -> count == expected);
  }

  /** How often something was counted. */
  double counted(String name, String... labels) {
    return meters.counter(name, labels).count();
  }

  private static ConversationSettings settings(ModelLimits limits, int snapshotEvery) {
    return new ConversationSettings(
        limits,
        Duration.ofMillis(20),
        ABANDON_AFTER,
        OPEN_TURNS_MAX,
        OPEN_TURNS_MAX,
        QUEUEING_TARGET,
        snapshotEvery,
        LEASE_RENEWAL,
        1_000,
        8,
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(15),
        Duration.ofSeconds(5),
        100);
  }

  private static Tenant tenant(
      String id, Duration deadline, OverlapPolicy overlap, int openTurnsMax) {
    return new Tenant(
        TenantId.of(id),
        new Branding(false, Map.of(), "#000000", Map.of(), Map.of()),
        deadline,
        overlap,
        Map.of(Language.ZH, FALLBACK_ZH, Language.EN, FALLBACK_EN),
        Priority.NORMAL,
        openTurnsMax,
        1_000,
        Duration.ofDays(7),
        List.of(),
        Set.of(),
        new TokenRules(id, Set.of(), Optional.empty()),
        TenantKeys.NONE,
        false);
  }
}
