package io.fengda.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Conversations that were never talked: the journal's rows of some that were, copied for other
 * customers. An entity that recovers from them holds what one holds that lived.
 */
final class JournalSeed implements AutoCloseable {
  private static final String TIME = "db_timestamp";

  /** Of one transaction. */
  private static final int CONVERSATIONS_AT_ONCE = 2_000;

  private static final int SAY_EVERY = 100_000;

  /**
   * When the copies were talked: within a day that ended an hour ago, where the redriver does not
   * look any more and retention does not look yet.
   */
  private static final Duration BEGUN_AGO = Duration.ofHours(25);

  private static final Duration BEGUN_WITHIN = Duration.ofHours(24);

  /** PostgreSQL counts microseconds from here. */
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private final Connection connection;
  private final JournalTable events;
  private final JournalTable snapshots;

  private JournalSeed(Connection connection) throws SQLException {
    this.connection = connection;
    this.events = JournalTable.events(connection);
    this.snapshots = JournalTable.snapshots(connection);
  }

  /** Of the engine's database. */
  static JournalSeed of(Engine engine) {
    try {
      return new JournalSeed(
          DriverManager.getConnection(
              "jdbc:postgresql://" + engine.database(), "fengda", "fengda"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads conversations that were held.
   *
   * @param snapshotEvery as many events the engine writes between two snapshots
   */
  Templates templates(Tenant tenant, List<String> customers, int snapshotEvery) {
    List<String> ids = customers.stream().map(name -> persistenceId(tenant, name)).toList();
    try {
      return Templates.read(connection, ids, snapshotEvery);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Copies the templates in turn for customers of a tenant.
   *
   * @param names of the customers, by number from 0
   */
  void copy(Templates templates, Tenant tenant, LongFunction<String> names, long count) {
    Bench.say(
        "%d conversations are copied into the journal, %.1f rows each"
            .formatted(count, templates.rows()));
    List<Copy> copies = new ArrayList<>();
    for (long number = 0; number < count; number++) {
      String id = persistenceId(tenant, names.apply(number));
      copies.add(new Copy(templates.at(number), id, begunMicros((double) number / count)));
      if (copies.size() == CONVERSATIONS_AT_ONCE || number == count - 1) {
        write(copies);
        copies.clear();
      }
      if ((number + 1) % SAY_EVERY == 0) {
        Bench.say("%d copied".formatted(number + 1));
      }
    }
  }

  /** One conversation to be written. */
  private record Copy(Templates.Rows rows, String persistenceId, long begunMicros) {}

  private static long begunMicros(double part) {
    Duration since = Duration.between(EPOCH, Instant.now()).minus(BEGUN_AGO);
    return 1_000 * (since.toMillis() + (long) (part * BEGUN_WITHIN.toMillis()));
  }

  private void write(List<Copy> copies) {
    try {
      try (CopyRows.Writer out = events.writer()) {
        for (Copy copy : copies) {
          writeEvents(copy, out);
        }
      }
      try (CopyRows.Writer out = snapshots.writer()) {
        for (Copy copy : copies) {
          for (byte[][] row : copy.rows().snapshots()) {
            out.write(snapshots.renamed(row, copy.persistenceId()));
          }
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeEvents(Copy copy, CopyRows.Writer out) throws IOException {
    long first = events.number(copy.rows().events().getFirst(), TIME);
    for (byte[][] row : copy.rows().events()) {
      byte[][] event = events.renamed(row, copy.persistenceId());
      events.setNumber(event, TIME, copy.begunMicros() + events.number(row, TIME) - first);
      out.write(event);
    }
  }

  private static String persistenceId(Tenant tenant, String customer) {
    return "Conversation|%s:%s:main".formatted(tenant.id(), customer);
  }

  /** Has the database do now what copying leaves to be done, so that no measurement pays for it. */
  void settle() {
    try (Statement statement = connection.createStatement()) {
      events.settle();
      snapshots.settle();
      statement.execute("CHECKPOINT");
      long bytes = events.bytes() + snapshots.bytes();
      Bench.say("the journal has %d MB".formatted(bytes / 1_000_000));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
