package io.fengda.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Conversations of the journal that are to be copied. */
record Templates(List<Rows> all) {
  private static final Duration SNAPSHOT_MAX = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(200);

  /** One conversation: its snapshot and the events from there on, or else all events. */
  record Rows(List<byte[][]> events, List<byte[][]> snapshots) {}

  /**
   * Reads them.
   *
   * @param snapshotEvery as many events the engine writes between two snapshots
   */
  static Templates read(Connection connection, List<String> persistenceIds, int snapshotEvery)
      throws SQLException, IOException {
    JournalTable events = JournalTable.events(connection);
    JournalTable snapshots = JournalTable.snapshots(connection);
    List<Rows> all = new ArrayList<>();
    for (String id : persistenceIds) {
      awaitSnapshot(connection, id, snapshotEvery);
      String fromSnapshot =
          """
          persistence_id = '%1$s' AND seq_nr >= COALESCE(
            (SELECT s.seq_nr FROM snapshot s WHERE s.persistence_id = '%1$s'), 0)
          ORDER BY seq_nr\
          """
              .formatted(id);
      all.add(
          new Rows(
              events.rows(fromSnapshot), snapshots.rows("persistence_id = '%s'".formatted(id))));
    }
    return new Templates(all);
  }

  /** Snapshots are written after the reply that they follow. */
  private static void awaitSnapshot(Connection connection, String id, int snapshotEvery)
      throws SQLException {
    String sql =
        """
        SELECT max(j.seq_nr) / %2$d * %2$d
          <= COALESCE((SELECT s.seq_nr FROM snapshot s WHERE s.persistence_id = '%1$s'), 0)
        FROM event_journal j WHERE j.persistence_id = '%1$s'
        """
            .formatted(id, snapshotEvery);
    long untilNanos = System.nanoTime() + SNAPSHOT_MAX.toNanos();
    while (!isTrue(connection, sql)) {
      if (System.nanoTime() > untilNanos) {
        throw new IllegalStateException("the journal lacks events or the snapshot of " + id);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static boolean isTrue(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return result.next() && result.getBoolean(1);
    }
  }

  /** Conversations in turn. */
  Rows at(long number) {
    return all.get((int) (number % all.size()));
  }

  /** Of a conversation, on average. */
  double rows() {
    return all.stream()
        .mapToInt(rows -> rows.events().size() + rows.snapshots().size())
        .average()
        .orElse(0);
  }
}
