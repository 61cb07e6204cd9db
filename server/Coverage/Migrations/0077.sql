-- The day by which all of a region are to be recorded, counted from 1970; it holds for all below that have none of their own.
-- Null: it was lifted.
CREATE TABLE coverage_targets (
  region TEXT PRIMARY KEY,
  day BIGINT
);
