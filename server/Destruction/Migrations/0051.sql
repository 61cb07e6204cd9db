-- Since when each card has been in custody; kept by a follower, so that it is there for cards of before this table too. A card
-- comes into custody once in its life, and leaves this table with its destruction.
CREATE TABLE destruction_custody (
  serial BIGINT PRIMARY KEY,
  since BIGINT NOT NULL
);
CREATE INDEX destruction_custody_since ON destruction_custody (since);
CREATE INDEX destructions_unsealed ON destructions (opened_at) WHERE sealed_at IS NULL;
