package io.fengda.journal;

import akka.actor.ActorSystem;
import akka.persistence.Persistence;
import akka.testkit.javadsl.TestKit;
import com.typesafe.config.ConfigFactory;
import io.fengda.NodeSettings;
import io.fengda.TestDatabase;
import io.fengda.TestEngine;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The group-commit journal and its snapshot store, beside the test engine and on its database. */
final class TestJournal implements BeforeAllCallback, AfterAllCallback {
  private @Nullable ActorSystem system;

  @Override
  public void beforeAll(ExtensionContext context) {
    system =
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
                                    .formatted(TestEngine.get().databaseUrl()))
                            .withFallback(ConfigFactory.parseResourcesAnySyntax("application"))))
                .config());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    TestKit.shutdownActorSystem(system());
  }

  private ActorSystem system() {
    return Objects.requireNonNull(system);
  }

  TestDatabase database() {
    return TestDatabase.at(TestEngine.get().databaseUrl());
  }

  /** An actor of an id that nobody has used. */
  JournalActor actor() {
    Persistence persistence = Persistence.get(system());
    return new JournalActor(
        new TestKit(system()),
        persistence.journalFor("fengda.journal.group-commit", ConfigFactory.empty()),
        persistence.snapshotStoreFor("fengda.journal.snapshots", ConfigFactory.empty()));
  }
}
