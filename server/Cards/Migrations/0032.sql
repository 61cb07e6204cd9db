-- What a card is good for nothing for, where it was printed, and the transfer and destruction it is or was part of.
ALTER TABLE cards ADD COLUMN reason BIGINT;
ALTER TABLE cards ADD COLUMN elsewhere BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN transfer_id TEXT;
ALTER TABLE cards ADD COLUMN destruction_id TEXT;
UPDATE cards SET reason = CASE spoiled_reason WHEN 'print' THEN 1 WHEN 'encode' THEN 2 WHEN 'feed' THEN 3 END;
ALTER TABLE cards DROP COLUMN spoiled_reason;
CREATE INDEX cards_custody ON cards (office, serial) WHERE state = 7;
CREATE INDEX cards_destruction ON cards (destruction_id, serial) WHERE destruction_id IS NOT NULL;
ALTER TABLE cards_counts ADD COLUMN custody BIGINT NOT NULL DEFAULT 0 CHECK (custody >= 0);
ALTER TABLE cards_counts ADD COLUMN listed BIGINT NOT NULL DEFAULT 0 CHECK (listed >= 0);
ALTER TABLE cards_counts ADD COLUMN destroyed BIGINT NOT NULL DEFAULT 0 CHECK (destroyed >= 0);
ALTER TABLE cards_counts ADD COLUMN missing BIGINT NOT NULL DEFAULT 0 CHECK (missing >= 0);
ALTER TABLE cards_counts ADD COLUMN transferred_in BIGINT NOT NULL DEFAULT 0 CHECK (transferred_in >= 0);
ALTER TABLE cards_counts ADD COLUMN transferred_out BIGINT NOT NULL DEFAULT 0 CHECK (transferred_out >= 0);
ALTER TABLE cards_counts ADD COLUMN elsewhere BIGINT NOT NULL DEFAULT 0 CHECK (elsewhere >= 0);
-- Blanks on their way between offices; received_at is null until the other side has counted them.
CREATE TABLE cards_transfers (
  transfer_id TEXT PRIMARY KEY,
  from_office TEXT NOT NULL,
  to_office TEXT NOT NULL,
  document TEXT NOT NULL,
  sent_at BIGINT NOT NULL,
  received_at BIGINT,
  arrived BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX cards_transfers_from ON cards_transfers (from_office, transfer_id);
CREATE INDEX cards_transfers_to ON cards_transfers (to_office, transfer_id);
CREATE TABLE cards_transfer_serials (
  transfer_id TEXT NOT NULL,
  first_serial BIGINT NOT NULL,
  last_serial BIGINT NOT NULL,
  PRIMARY KEY (transfer_id, first_serial)
);
-- Letters that stand for cards.
CREATE TABLE cards_sukets (
  number TEXT PRIMARY KEY,
  office TEXT NOT NULL,
  citizen_id TEXT NOT NULL,
  cause BIGINT NOT NULL,
  issued_at BIGINT NOT NULL,
  valid_until BIGINT NOT NULL,
  replaced_at BIGINT
);
CREATE INDEX cards_sukets_citizen ON cards_sukets (citizen_id);
-- Where in the journal the facts about a card stand, by thousands of serials, so that a range costs few rows; kept by a
-- follower, since positions are given after the commit.
CREATE TABLE cards_life (
  bucket BIGINT NOT NULL,
  first_serial BIGINT NOT NULL,
  last_serial BIGINT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (bucket, position, first_serial)
);
