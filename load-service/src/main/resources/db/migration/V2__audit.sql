-- How many records each point of a pipeline's way has seen, by the ten seconds in which ingest accepted them. Loading counts its
-- rows in the transaction that commits them, the audit counts a topic's records in the one that moves its own offsets.
CREATE TABLE ledger (
  pipeline text NOT NULL,
  slot timestamptz NOT NULL,
  point text NOT NULL,
  writer int NOT NULL,
  records bigint NOT NULL,
  PRIMARY KEY (pipeline, slot, point, writer)
);
COMMENT ON TABLE ledger IS 'Records seen at each point of a pipeline, by the time of their acceptance';
COMMENT ON COLUMN ledger.slot IS 'When ingest accepted the records, to ten seconds';
COMMENT ON COLUMN ledger.writer IS 'The partition whose offset the writer holds locked, so that no two write one row; -1: the audit';

-- How far the audit has read each topic. It reads every topic of a pipeline once more than the stages do.
CREATE TABLE audit_offsets (
  topic text NOT NULL,
  partition int NOT NULL,
  next_offset bigint NOT NULL,
  behind_last_record bigint NOT NULL,
  PRIMARY KEY (topic, partition)
);
COMMENT ON COLUMN audit_offsets.behind_last_record IS 'The offset behind the last record, without the marks of transactions that follow it';

CREATE TABLE audits (
  pipeline text PRIMARY KEY,
  loaded_from text NOT NULL,
  since timestamptz NOT NULL,
  audited_until timestamptz NOT NULL,
  holder text NOT NULL,
  held_until timestamptz NOT NULL
);
COMMENT ON TABLE audits IS 'The audit of each pipeline, and the replica that does it';
COMMENT ON COLUMN audits.since IS 'Events accepted before are not audited; set it to audited_until to begin anew';
COMMENT ON COLUMN audits.audited_until IS 'Every event accepted before was followed to its end';

-- For people: what went into each stage and what came out of it, ten seconds a row.
CREATE VIEW audit AS
SELECT pipeline, slot,
       sum(records) FILTER (WHERE point = 'raw') AS raw,
       sum(records) FILTER (WHERE point = 'rejected_by_transform') AS rejected_by_transform,
       sum(records) FILTER (WHERE point = 'clean') AS clean,
       sum(records) FILTER (WHERE point = 'rejected_by_model') AS rejected_by_model,
       sum(records) FILTER (WHERE point = 'scored') AS scored,
       sum(records) FILTER (WHERE point = 'rejected_by_load') AS rejected_by_load,
       sum(records) FILTER (WHERE point = 'duplicates') AS duplicates,
       sum(records) FILTER (WHERE point = 'rows') AS rows
FROM ledger
GROUP BY pipeline, slot;
