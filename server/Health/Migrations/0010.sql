-- What is believed of every device of every kit, and of the stations themselves; the key is station/kind/serial.
CREATE TABLE conditions (
  device_key TEXT PRIMARY KEY,
  station_id TEXT NOT NULL,
  kind BIGINT NOT NULL,
  serial TEXT NOT NULL,
  model TEXT NOT NULL,
  state BIGINT NOT NULL,
  since BIGINT NOT NULL,
  evidence TEXT NOT NULL,
  advice TEXT NOT NULL
);
CREATE INDEX conditions_station ON conditions (station_id);
-- Every change of a condition; the key is moment/device/number, so that its order is the order of time.
CREATE TABLE condition_history (
  history_key TEXT PRIMARY KEY,
  device_key TEXT NOT NULL,
  station_id TEXT NOT NULL,
  kind BIGINT NOT NULL,
  serial TEXT NOT NULL,
  model TEXT NOT NULL,
  state BIGINT NOT NULL,
  since BIGINT NOT NULL,
  evidence TEXT NOT NULL,
  advice TEXT NOT NULL
);
CREATE INDEX condition_history_device ON condition_history (device_key);
-- Offices whose stations fell silent together.
CREATE TABLE region_silences (
  region TEXT PRIMARY KEY,
  since BIGINT NOT NULL,
  declared_at BIGINT NOT NULL,
  stations TEXT NOT NULL
);
-- What the detectors have learned, at most a minute old; no facts.
CREATE TABLE detector_checkpoints (
  station_id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  state BYTEA NOT NULL
);
CREATE TABLE model_baselines (
  model_key TEXT PRIMARY KEY,
  failed DOUBLE PRECISION NOT NULL,
  attempts DOUBLE PRECISION NOT NULL
);
