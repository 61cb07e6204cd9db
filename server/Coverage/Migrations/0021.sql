-- What officers say of a district.
CREATE TABLE coverage_obliged (
  region TEXT PRIMARY KEY,
  obliged BIGINT NOT NULL,
  recorded_before BIGINT NOT NULL,
  as_of BIGINT NOT NULL
);
-- Every citizen that was recorded, once, with the district that recorded him first.
CREATE TABLE coverage_citizens (
  citizen_id TEXT PRIMARY KEY,
  region TEXT NOT NULL
);
-- Rolled up: a row per district, regency, province and the country, whose parent is '-'.
CREATE TABLE coverage_totals (
  region TEXT PRIMARY KEY,
  parent TEXT NOT NULL,
  obliged BIGINT NOT NULL,
  recorded BIGINT NOT NULL
);
CREATE INDEX coverage_totals_below ON coverage_totals (parent);
