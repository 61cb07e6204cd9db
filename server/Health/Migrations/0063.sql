-- What is usual of the counters of each model, and of each kind (no model); no facts.
CREATE TABLE model_counters (
  model_key TEXT PRIMARY KEY,
  kind BIGINT NOT NULL,
  model TEXT,
  state BYTEA NOT NULL
);
-- Models whose devices went bad together.
CREATE TABLE model_shifts (
  model_key TEXT PRIMARY KEY,
  kind BIGINT NOT NULL,
  model TEXT NOT NULL,
  signal BIGINT NOT NULL,
  since BIGINT NOT NULL,
  devices BIGINT NOT NULL
);
