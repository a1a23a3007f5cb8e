package io.fengda.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyInputStream;
import org.postgresql.copy.PGCopyOutputStream;

/** A table of the journal, read and written by {@code COPY}; see {@link CopyRows}. */
final class JournalTable {
  private static final String ID = "persistence_id";
  private static final String SLICE = "slice";
  private static final int SLICES = 1_024;
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Connection connection;
  private final String name;
  private final Map<String, Integer> columns;

  private JournalTable(Connection connection, String name, Map<String, Integer> columns) {
    this.connection = connection;
    this.name = name;
    this.columns = columns;
  }

  static JournalTable events(Connection connection) throws SQLException {
    return of(connection, "event_journal");
  }

  static JournalTable snapshots(Connection connection) throws SQLException {
    return of(connection, "snapshot");
  }

  private static JournalTable of(Connection connection, String name) throws SQLException {
    Map<String, Integer> columns = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery("SELECT * FROM %s LIMIT 0".formatted(name))) {
      ResultSetMetaData all = none.getMetaData();
      for (int i = 0; i < all.getColumnCount(); i++) {
        columns.put(all.getColumnName(i + 1), i);
      }
    }
    return new JournalTable(connection, name, columns);
  }

  List<byte[][]> rows(String condition) throws SQLException, IOException {
    String sql =
        "COPY (SELECT * FROM %s WHERE %s) TO STDOUT (FORMAT binary)".formatted(name, condition);
    try (DataInputStream in = new DataInputStream(new PGCopyInputStream(driver(), sql))) {
      List<byte[][]> rows = CopyRows.read(in);
      // The driver takes a stream that was not read to its end for one that is given up.
      in.transferTo(OutputStream.nullOutputStream());
      return rows;
    }
  }

  CopyRows.Writer writer() throws SQLException, IOException {
    return new CopyRows.Writer(
        new PGCopyOutputStream(
            driver(), "COPY %s FROM STDIN (FORMAT binary)".formatted(name), BUFFER_BYTES));
  }

  private PGConnection driver() throws SQLException {
    return connection.unwrap(PGConnection.class);
  }

  /** The row as another conversation's, in the slice that Akka finds it in. */
  byte[][] renamed(byte[][] row, String persistenceId) {
    byte[][] renamed = row.clone();
    renamed[columns.get(ID)] = persistenceId.getBytes(StandardCharsets.UTF_8);
    renamed[columns.get(SLICE)] =
        ByteBuffer.allocate(Integer.BYTES)
            .putInt(Math.abs(persistenceId.hashCode() % SLICES))
            .array();
    return renamed;
  }

  /** A field of eight bytes. */
  long number(byte[][] row, String column) {
    return ByteBuffer.wrap(row[columns.get(column)]).getLong();
  }

  void setNumber(byte[][] row, String column, long number) {
    row[columns.get(column)] = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  /** Has the database do now what copying leaves to be done. */
  void settle() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("VACUUM ANALYZE " + name);
    }
  }

  /** With its indexes. */
  long bytes() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet size =
            statement.executeQuery("SELECT pg_total_relation_size('%s')".formatted(name))) {
      size.next();
      return size.getLong(1);
    }
  }
}
