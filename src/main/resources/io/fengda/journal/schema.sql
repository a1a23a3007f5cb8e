-- The tables of akka-persistence-r2dbc 1.1.2 that Fengda uses (its create_tables_postgres.sql).

CREATE TABLE IF NOT EXISTS event_journal(
  slice INT NOT NULL,
  entity_type VARCHAR(255) NOT NULL,
  persistence_id VARCHAR(255) NOT NULL,
  seq_nr BIGINT NOT NULL,
  db_timestamp timestamp with time zone NOT NULL,

  event_ser_id INTEGER NOT NULL,
  event_ser_manifest VARCHAR(255) NOT NULL,
  event_payload BYTEA NOT NULL,

  deleted BOOLEAN DEFAULT FALSE NOT NULL,
  writer VARCHAR(255) NOT NULL,
  adapter_manifest VARCHAR(255),
  tags TEXT ARRAY,

  meta_ser_id INTEGER,
  meta_ser_manifest VARCHAR(255),
  meta_payload BYTEA,

  PRIMARY KEY(persistence_id, seq_nr)
);

CREATE INDEX IF NOT EXISTS event_journal_slice_idx ON event_journal(slice, entity_type, db_timestamp, seq_nr);

-- Fengda's own: a node that stops in the middle of a transaction must not hold a conversation's row.
ALTER ROLE CURRENT_USER SET idle_in_transaction_session_timeout = '15s';

-- Fengda's own: erasures whose rows are not deleted yet. Concurrently: other nodes go on writing.
CREATE INDEX CONCURRENTLY IF NOT EXISTS event_journal_erasures_idx
  ON event_journal(slice, db_timestamp) WHERE tags && ARRAY['erased', 'emptied'];

CREATE TABLE IF NOT EXISTS snapshot(
  slice INT NOT NULL,
  entity_type VARCHAR(255) NOT NULL,
  persistence_id VARCHAR(255) NOT NULL,
  seq_nr BIGINT NOT NULL,
  write_timestamp BIGINT NOT NULL,
  ser_id INTEGER NOT NULL,
  ser_manifest VARCHAR(255) NOT NULL,
  snapshot BYTEA NOT NULL,
  meta_ser_id INTEGER,
  meta_ser_manifest VARCHAR(255),
  meta_payload BYTEA,

  PRIMARY KEY(persistence_id)
);

-- Fengda's own: before which time each range of slices is known to have no open turn.
CREATE TABLE IF NOT EXISTS redriver_position(
  slice_min INT NOT NULL,
  slice_max INT NOT NULL,
  mark timestamp with time zone NOT NULL,

  PRIMARY KEY(slice_min, slice_max)
);
