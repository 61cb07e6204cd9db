-- Handed-over ranges of blanks; no two share a serial.
CREATE TABLE cards_receipts (
  first_serial BIGINT PRIMARY KEY,
  last_serial BIGINT NOT NULL,
  office TEXT NOT NULL,
  document TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  CHECK (first_serial >= 1 AND last_serial >= first_serial)
);
CREATE INDEX cards_receipts_office ON cards_receipts (office);
-- One row for each blank and what became of it. State 1 is the vault, 2 a hopper, as the wire has them.
CREATE TABLE cards (
  serial BIGINT PRIMARY KEY,
  office TEXT NOT NULL,
  state BIGINT NOT NULL,
  station_id TEXT,
  spoiled_reason TEXT
);
CREATE INDEX cards_vault ON cards (office, serial) WHERE state = 1;
CREATE INDEX cards_hopper ON cards (station_id, serial) WHERE state = 2;
-- How many cards each holder has in which state: an office its vault, a station what went through its hopper. One row for
-- each holder, so that stations of one office never wait for each other.
CREATE TABLE cards_counts (
  holder TEXT PRIMARY KEY,
  vault BIGINT NOT NULL DEFAULT 0 CHECK (vault >= 0),
  hopper BIGINT NOT NULL DEFAULT 0 CHECK (hopper >= 0),
  consuming BIGINT NOT NULL DEFAULT 0 CHECK (consuming >= 0),
  issued BIGINT NOT NULL DEFAULT 0 CHECK (issued >= 0),
  spoiled BIGINT NOT NULL DEFAULT 0 CHECK (spoiled >= 0)
);
