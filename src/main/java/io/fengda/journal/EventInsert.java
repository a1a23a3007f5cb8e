package io.fengda.journal;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Statement;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Array;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One statement for any number of events: a transaction, a round trip and a plan for all of them.
 * Times are the stock plugin's: that of the transaction, but later than the event before.
 *
 * <p>Columns travel as arrays. The driver writes these as text, bytes in hexadecimal, so the
 * payloads are one value instead, end to end, from which each row takes its part. The sub-select
 * keeps the length of the arrays from the planner: it would make a plan for each execution.
 */
final class EventInsert {
  /** Between the tags of an event. */
  private static final String TAG_SEPARATOR = "\u001f";

  private final String plain;
  private final String withMetadata;

  /**
   * Makes the statements.
   *
   * @param table with its schema
   * @param lockTimeout how long it waits for a transaction that has written the same number: so
   *     long a group of others waits with it
   */
  EventInsert(String table, Duration lockTimeout) {
    this.plain = sql(table, lockTimeout, "", "", "", "");
    this.withMetadata =
        sql(
            table,
            lockTimeout,
            ", meta_ser_id, meta_ser_manifest, meta_payload",
            """
            , e.meta_ser_id, e.meta_ser_manifest,
            substring($9::bytea from e.meta_from for e.meta_bytes)\
            """,
            ", $13::int[], $14::text[], $15::int[], $16::int[]",
            ", meta_ser_id, meta_ser_manifest, meta_from, meta_bytes");
  }

  private static String sql(
      String table,
      Duration lockTimeout,
      String columns,
      String values,
      String arrays,
      String names) {
    return """
    INSERT INTO %1$s (
      slice, entity_type, persistence_id, seq_nr, writer, adapter_manifest,
      event_ser_id, event_ser_manifest, event_payload, tags, db_timestamp%2$s)
    SELECT
      e.slice, e.entity_type, e.persistence_id, e.seq_nr, e.writer, '',
      e.ser_id, e.ser_manifest, substring($9::bytea from e.payload_from for e.payload_bytes),
      string_to_array(e.tags, chr(31)),
      GREATEST(transaction_timestamp(), (
        SELECT p.db_timestamp + '1 microsecond'::interval FROM %1$s p
        WHERE p.persistence_id = e.persistence_id AND p.seq_nr = e.previous_seq_nr))%3$s
    FROM unnest((SELECT $1::int[]), $2::text[], $3::text[], $4::bigint[], $5::bigint[],
      $6::text[], $7::int[], $8::text[], $10::int[], $11::int[], $12::text[]%4$s)
    AS e(slice, entity_type, persistence_id, seq_nr, previous_seq_nr,
      writer, ser_id, ser_manifest, payload_from, payload_bytes, tags%5$s),
    set_config('lock_timeout', '%6$d', true) AS for_this_transaction
    """
        .formatted(table, columns, values, arrays, names, lockTimeout.toMillis());
  }

  Statement of(Connection connection, List<NewEvent> rows) {
    boolean hasMetadata = rows.stream().anyMatch(row -> row.metadata() != null);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Part> events = rows.stream().map(row -> Part.add(bytes, row.event())).toList();
    List<@Nullable Part> metadata =
        hasMetadata
            ? rows.stream()
                .map(row -> row.metadata() == null ? null : Part.add(bytes, row.metadata()))
                .toList()
            : List.of();
    Statement statement =
        connection
            .createStatement(hasMetadata ? withMetadata : plain)
            .bind(0, column(rows, Integer.class, NewEvent::slice))
            .bind(1, column(rows, String.class, NewEvent::entityType))
            .bind(2, column(rows, String.class, NewEvent::persistenceId))
            .bind(3, column(rows, Long.class, NewEvent::seqNr))
            .bind(4, column(rows, Long.class, NewEvent::previousSeqNr))
            .bind(5, column(rows, String.class, NewEvent::writer))
            .bind(6, column(events, Integer.class, part -> part.of().serializerId()))
            .bind(7, column(events, String.class, part -> part.of().manifest()))
            .bind(8, bytes.toByteArray())
            .bind(9, column(events, Integer.class, Part::from))
            .bind(10, column(events, Integer.class, Part::length))
            .bind(11, column(rows, String.class, EventInsert::tags));
    return hasMetadata
        ? statement
            .bind(12, column(metadata, Integer.class, part -> part.of().serializerId()))
            .bind(13, column(metadata, String.class, part -> part.of().manifest()))
            .bind(14, column(metadata, Integer.class, Part::from))
            .bind(15, column(metadata, Integer.class, Part::length))
        : statement;
  }

  /**
   * What the bytes of all rows have of one object.
   *
   * @param from the position of its first byte, from 1
   */
  private record Part(NewEvent.Serialized of, int from) {
    static Part add(ByteArrayOutputStream bytes, NewEvent.Serialized serialized) {
      Part part = new Part(serialized, bytes.size() + 1);
      bytes.writeBytes(serialized.bytes());
      return part;
    }

    int length() {
      return of.bytes().length;
    }
  }

  /** The tags, if the statement can carry them. */
  static Set<String> checked(Set<String> tags) {
    for (String tag : tags) {
      if (tag.isEmpty() || tag.contains(TAG_SEPARATOR)) {
        throw new IllegalArgumentException("a tag is empty or has the character U+001F");
      }
    }
    return tags;
  }

  private static @Nullable String tags(NewEvent row) {
    return row.tags().isEmpty() ? null : String.join(TAG_SEPARATOR, row.tags());
  }

  /** A value of each, none of what is not there. */
  @SuppressWarnings("unchecked")
  private static <E, T> T[] column(
      List<? extends @Nullable E> from, Class<T> type, Function<E, @Nullable T> value) {
    T[] column = (T[]) Array.newInstance(type, from.size());
    for (int i = 0; i < column.length; i++) {
      E element = from.get(i);
      column[i] = element == null ? null : value.apply(element);
    }
    return column;
  }
}
