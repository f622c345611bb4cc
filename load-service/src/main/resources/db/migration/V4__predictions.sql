-- What was predicted over HTTP, and by whom in the shadow, in the order of its coming. Filled from the topics of predictions.
CREATE TABLE predictions (
  id text NOT NULL,
  predicted_at timestamptz NOT NULL,
  pipeline text NOT NULL,
  model text NOT NULL,
  version text NOT NULL,
  route text NOT NULL,
  asked text NOT NULL,
  event_id text,
  key text,
  score double precision NOT NULL,
  label text,
  compared_version text,
  compared_score double precision,
  compared_label text,
  inputs jsonb NOT NULL,
  features jsonb
);
CREATE INDEX ON predictions (pipeline, predicted_at);
CREATE INDEX ON predictions (pipeline, event_id);
COMMENT ON TABLE predictions IS 'Predictions over HTTP, and those of shadows; those of the stream stand in the fact tables';
COMMENT ON COLUMN predictions.route IS 'main, canary, shadow (scored and never answered) or fallback';
COMMENT ON COLUMN predictions.asked IS 'http or stream';
COMMENT ON COLUMN predictions.compared_score IS 'Of a shadow: the score that was answered for the same event';
