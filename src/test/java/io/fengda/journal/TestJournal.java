package io.fengda.journal;

import akka.actor.ActorSystem;
import akka.persistence.Persistence;
import akka.testkit.javadsl.TestKit;
import com.typesafe.config.ConfigFactory;
import io.fengda.NodeSettings;
import io.fengda.TestDatabase;
import io.fengda.TestEngine;

/** The group-commit journal and its snapshot store, beside the test engine and on its database. */
final class TestJournal {
  private final ActorSystem system;
  private final TestDatabase database;

  private TestJournal(ActorSystem system, TestDatabase database) {
    this.system = system;
    this.database = database;
  }

  static TestJournal start() {
    String databaseUrl = TestEngine.get().databaseUrl();
    ActorSystem system =
        ActorSystem.create(
            "journal",
            NodeSettings.from(
                    ConfigFactory.load(
                        ConfigFactory.parseString(
                                """
                                fengda.database.url = "%s"
                                akka.actor.provider = local
                                fengda.journal.group-commit { group-max = 50, queue-max = 400 }
                                """
                                    .formatted(databaseUrl))
                            .withFallback(ConfigFactory.parseResourcesAnySyntax("application"))))
                .config());
    return new TestJournal(system, TestDatabase.at(databaseUrl));
  }

  void stop() {
    TestKit.shutdownActorSystem(system);
  }

  TestDatabase database() {
    return database;
  }

  /** An actor of an id that nobody has used. */
  JournalActor actor() {
    Persistence persistence = Persistence.get(system);
    return new JournalActor(
        new TestKit(system),
        persistence.journalFor("fengda.journal.group-commit", ConfigFactory.empty()),
        persistence.snapshotStoreFor("fengda.journal.snapshots", ConfigFactory.empty()));
  }
}
