-- Which declaration made which table. A fact table belongs to one pipeline; a dimension may be shared.
CREATE TABLE loaded_tables (
  table_schema text NOT NULL,
  table_name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('fact', 'dimension')),
  pipeline text NOT NULL,
  partition_span text,
  made_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (table_schema, table_name)
);
COMMENT ON TABLE loaded_tables IS 'The tables that Millrace made, and the pipeline whose declaration asked for each first';

-- How far each partition of a topic is loaded. Changes in the same transaction as the rows. Room for updates in place.
CREATE TABLE offsets (
  topic text NOT NULL,
  partition int NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 20);
COMMENT ON TABLE offsets IS 'The offset of the first record of each partition that is not in the warehouse yet';

-- Rejections that are committed with the rows around them and wait to be sent to the rejected topic.
CREATE TABLE rejection_outbox (
  topic text NOT NULL,
  partition int NOT NULL,
  record_offset bigint NOT NULL,
  accepted_at_millis bigint NOT NULL,
  rejection bytea NOT NULL,
  PRIMARY KEY (topic, partition, record_offset)
);
COMMENT ON TABLE rejection_outbox IS 'Rejections on their way to the rejected topic, by the record that was refused; normally empty';
