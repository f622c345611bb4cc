-- What the transform left out on purpose is counted too.
CREATE OR REPLACE VIEW audit AS
SELECT pipeline, slot,
       sum(records) FILTER (WHERE point = 'raw') AS raw,
       sum(records) FILTER (WHERE point = 'rejected_by_transform') AS rejected_by_transform,
       sum(records) FILTER (WHERE point = 'clean') AS clean,
       sum(records) FILTER (WHERE point = 'rejected_by_model') AS rejected_by_model,
       sum(records) FILTER (WHERE point = 'scored') AS scored,
       sum(records) FILTER (WHERE point = 'rejected_by_load') AS rejected_by_load,
       sum(records) FILTER (WHERE point = 'duplicates') AS duplicates,
       sum(records) FILTER (WHERE point = 'rows') AS rows,
       sum(records) FILTER (WHERE point = 'left_out') AS left_out
FROM ledger
GROUP BY pipeline, slot;
