-- The registry of models. Versions and changes are written once and never changed; an alias is moved.
CREATE TABLE versions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model text NOT NULL,
  version text NOT NULL,
  description text NOT NULL,
  sha256 text NOT NULL,
  bytes int NOT NULL,
  artifact text NOT NULL,
  origin text NOT NULL,
  registered_at timestamptz NOT NULL,
  registered_by text NOT NULL,
  UNIQUE (model, version)
);
COMMENT ON TABLE versions IS 'The versions of each model, in the order in which they were registered';
COMMENT ON COLUMN versions.description IS 'JSON, as it was registered: features, metrics, parameters, what it was trained on';
COMMENT ON COLUMN versions.artifact IS 'Where the bytes of the ONNX file are: database, or the address of a folder';

CREATE TABLE artifacts (
  sha256 text PRIMARY KEY,
  onnx bytea NOT NULL
);
-- They hardly compress, and whoever reads them wants all of it.
ALTER TABLE artifacts ALTER COLUMN onnx SET STORAGE EXTERNAL;
COMMENT ON TABLE artifacts IS 'The ONNX files of the versions whose artifact is database';

CREATE TABLE aliases (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model text NOT NULL,
  alias text NOT NULL,
  version text NOT NULL,
  UNIQUE (model, alias),
  FOREIGN KEY (model, version) REFERENCES versions (model, version)
);
COMMENT ON TABLE aliases IS 'The version that each alias of a model stands for; every replica looks here every millrace.models.poll';

CREATE TABLE changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model text NOT NULL,
  kind text NOT NULL,
  alias text,
  from_version text,
  to_version text,
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL,
  why text
);
CREATE INDEX ON changes (model, id);
COMMENT ON TABLE changes IS 'What was registered, promoted and rolled back, when, by whom and why';

-- Immutable also for whoever comes with psql.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was registered never changes (table %)', TG_TABLE_NAME;
END $$;
CREATE TRIGGER never_changes BEFORE UPDATE ON versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_changes BEFORE UPDATE ON artifacts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON changes FOR EACH ROW EXECUTE FUNCTION refuse_change();
