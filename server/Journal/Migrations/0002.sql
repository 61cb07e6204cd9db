-- Every accepted fact, inserted by the transaction that makes it true. The sealer gives positions, once.
CREATE TABLE journal (
  id {{identity}},
  position BIGINT UNIQUE,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  region TEXT NOT NULL,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  hash BYTEA NOT NULL
);
CREATE INDEX journal_unsealed ON journal (id) WHERE position IS NULL;
-- One row: how many facts are sealed, and the roots of the tree's complete subtrees, largest first.
CREATE TABLE journal_head (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  size BIGINT NOT NULL,
  peaks BYTEA NOT NULL
);
INSERT INTO journal_head (one, size, peaks) VALUES (1, 0, '');
-- Roots of complete subtrees of 256^level leaves, so that a proof reads few rows.
CREATE TABLE journal_tiles (
  level BIGINT NOT NULL,
  number BIGINT NOT NULL,
  root BYTEA NOT NULL,
  PRIMARY KEY (level, number)
);
CREATE TABLE journal_checkpoints (
  size BIGINT PRIMARY KEY,
  root BYTEA NOT NULL,
  at BIGINT NOT NULL,
  signature BYTEA NOT NULL,
  public_key BYTEA NOT NULL
);
-- Who follows the journal, and the first position not handled yet.
CREATE TABLE followers (
  name TEXT PRIMARY KEY,
  position BIGINT NOT NULL
);
