-- One row for each destruction. State 1 is open, 2 closed, 3 sealed, as the wire has them; the record is its first line.
CREATE TABLE destructions (
  destruction_id TEXT PRIMARY KEY,
  office TEXT NOT NULL,
  state BIGINT NOT NULL,
  method BIGINT NOT NULL,
  place TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  opened_by TEXT NOT NULL,
  closed_at BIGINT,
  closed_by TEXT,
  list_sha256 TEXT,
  sealed_at BIGINT,
  number TEXT UNIQUE,
  record TEXT,
  public_key TEXT,
  signature TEXT
);
CREATE INDEX destructions_office ON destructions (office, destruction_id);
CREATE INDEX destructions_sealed ON destructions (office, sealed_at) WHERE sealed_at IS NOT NULL;
-- How many cards are listed for which reason; which ones, the cards themselves tell.
CREATE TABLE destruction_totals (
  destruction_id TEXT NOT NULL,
  reason BIGINT NOT NULL,
  cards BIGINT NOT NULL CHECK (cards >= 0),
  PRIMARY KEY (destruction_id, reason)
);
-- Who signed the list as it stands; nobody twice.
CREATE TABLE destruction_signatories (
  destruction_id TEXT NOT NULL,
  operator TEXT NOT NULL,
  role BIGINT NOT NULL,
  on_behalf_of TEXT NOT NULL,
  total BIGINT NOT NULL,
  list_sha256 TEXT NOT NULL,
  signed_at BIGINT NOT NULL,
  PRIMARY KEY (destruction_id, operator)
);
