-- The administrative tree, and the stations in it.
CREATE TABLE regions (
  code TEXT PRIMARY KEY,
  name TEXT NOT NULL
);
CREATE TABLE stations (
  station_id TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  standing BIGINT NOT NULL,
  joined_at BIGINT NOT NULL,
  public_key BYTEA NOT NULL,
  certificate_not_after BIGINT NOT NULL,
  maintenance_until BIGINT
);
-- Tokens and nonces live for minutes and are no facts.
CREATE TABLE join_tokens (
  secret_hash BYTEA PRIMARY KEY,
  region TEXT NOT NULL,
  station_name TEXT NOT NULL,
  actor TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  station_id TEXT,
  public_key BYTEA
);
CREATE TABLE renewal_nonces (
  nonce BYTEA PRIMARY KEY,
  station_id TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
