package io.fengda.conversation;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.persistence.query.EventEnvelope;
import akka.persistence.query.Offset;
import akka.persistence.query.PersistenceQuery;
import akka.persistence.testkit.PersistenceTestKitPlugin;
import akka.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import akka.persistence.testkit.javadsl.PersistenceTestKit;
import akka.persistence.testkit.javadsl.SnapshotTestKit;
import akka.persistence.testkit.query.javadsl.PersistenceTestKitReadJournal;
import akka.stream.javadsl.Sink;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.conversation.model.ConversationId;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An actor system of one node with its journal in memory, and the serialization of the engine.
 * Started once for all tests of a run.
 */
final class TestSystem {
  private static final AtomicInteger CUSTOMERS = new AtomicInteger();
  private static @Nullable TestSystem running;

  private final ActorTestKit kit;
  private final PersistenceTestKit journal;
  private final SnapshotTestKit snapshots;

  private TestSystem(ActorTestKit kit) {
    this.kit = kit;
    this.journal = PersistenceTestKit.create(kit.system());
    this.snapshots = SnapshotTestKit.create(kit.system());
  }

  static synchronized TestSystem get() {
    TestSystem system = running;
    if (system == null) {
      system = start();
      Runtime.getRuntime().addShutdownHook(new Thread(system.kit::shutdownTestKit));
      running = system;
    }
    return system;
  }

  private static TestSystem start() {
    Config config =
        PersistenceTestKitPlugin.getInstance()
            .config()
            .withFallback(PersistenceTestKitSnapshotPlugin.config())
            .withFallback(serialization())
            .withFallback(ConfigFactory.parseResources("telemetry.conf"))
            .withFallback(
                ConfigFactory.parseString(
                    """
                    akka.loggers = ["akka.event.slf4j.Slf4jLogger"]
                    akka.actor.testkit.typed.single-expect-default = 10s
                    akka.coordinated-shutdown.run-by-actor-system-terminate = off
                    """))
            .withFallback(ConfigFactory.defaultReference())
            .resolve();
    return new TestSystem(ActorTestKit.create("TestSystem", config));
  }

  /** What {@code conf/cluster.conf} says of serialization. */
  private static Config serialization() {
    Config cluster =
        ConfigFactory.parseResources("cluster.conf")
            .withFallback(ConfigFactory.defaultReferenceUnresolved())
            .resolve();
    return Stream.of(
            "akka.actor.serializers",
            "akka.actor.serialization-bindings",
            "akka.serialization.jackson")
        .map(cluster::withOnlyPath)
        .reduce(ConfigFactory.empty(), Config::withFallback);
  }

  ActorTestKit kit() {
    return kit;
  }

  PersistenceTestKit journal() {
    return journal;
  }

  /** What the journal holds of a conversation. */
  List<Object> journalOf(ConversationId id) {
    return journal.persistedInStorage(persistenceId(id));
  }

  /** The events that snapshots of a conversation stand for: the number of the last of each. */
  List<Long> snapshotsOf(ConversationId id) {
    return snapshots.persistedInStorage(persistenceId(id)).stream()
        .map(snapshot -> snapshot.first().getSequenceNr())
        .toList();
  }

  /** The events of a conversation whose rows carry the tag, by number. */
  List<Long> taggedOf(ConversationId id, String tag) throws Exception {
    return PersistenceQuery.get(kit.system())
        .getReadJournalFor(
            PersistenceTestKitReadJournal.class, PersistenceTestKitReadJournal.Identifier())
        .currentEventsByTag(tag, Offset.noOffset())
        .filter(event -> event.persistenceId().equals(persistenceId(id)))
        .map(EventEnvelope::sequenceNr)
        .runWith(Sink.seq(), kit.system())
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  static String persistenceId(ConversationId id) {
    return "Conversation|" + id.entityId();
  }

  /** A conversation of the tenant that no test has used. */
  static ConversationId newConversation(String tenant) {
    return ConversationId.of(
        tenant, "customer-" + CUSTOMERS.incrementAndGet(), ConversationId.MAIN);
  }
}
