-- The one table that knows a person; everything else knows citizen_id. Outside the fold, so that a row can be erased.
CREATE TABLE citizens (
  citizen_id TEXT PRIMARY KEY,
  nik_hash BYTEA NOT NULL UNIQUE,
  person BYTEA NOT NULL
);
