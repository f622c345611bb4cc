-- Lists that were answered, beside scores: a row a list, in the table of predictions.
ALTER TABLE predictions ALTER COLUMN score DROP NOT NULL;
ALTER TABLE predictions ADD COLUMN basis text, ADD COLUMN k integer, ADD COLUMN items jsonb, ADD COLUMN features_as_of timestamptz,
  ADD COLUMN compared_id text, ADD COLUMN overlap double precision;
-- Not asked of the rows that are there, which have a score: that would read the whole table under its lock.
ALTER TABLE predictions ADD CONSTRAINT predictions_score_or_items CHECK (score IS NOT NULL OR items IS NOT NULL) NOT VALID;
CREATE INDEX ON predictions (pipeline, key, predicted_at) WHERE items IS NOT NULL;
COMMENT ON TABLE predictions IS 'Scores and lists over HTTP, and those of shadows; scores of the stream stand in the fact tables';
COMMENT ON COLUMN predictions.key IS 'The key of the event; of a list, whom it is for';
COMMENT ON COLUMN predictions.basis IS 'Of a list: what it goes by, which is history, item or popular';
COMMENT ON COLUMN predictions.k IS 'Of a list: how many items were asked for';
COMMENT ON COLUMN predictions.items IS 'Of a list: its items with their scores, the best first';
COMMENT ON COLUMN predictions.compared_id IS 'Of a shadow''s list: the id of the one that was answered';
COMMENT ON COLUMN predictions.overlap IS 'Of a shadow''s list: the share of its items and the answered one''s that stand on both';

CREATE VIEW recommended AS
SELECT p.id AS list_id, p.predicted_at, p.pipeline, p.model, p.version, p.route, p.key, p.basis,
       listed.place::integer AS place, listed.item ->> 'item' AS item, (listed.item ->> 'score')::double precision AS score
FROM predictions p CROSS JOIN LATERAL jsonb_array_elements(p.items) WITH ORDINALITY AS listed(item, place)
WHERE jsonb_typeof(p.items) = 'array';
COMMENT ON VIEW recommended IS 'A row an item of a list, with its place on it, 1 for the first';
