-- Regions that are worked on, with all below them.
CREATE TABLE region_maintenance (
  region TEXT PRIMARY KEY,
  until BIGINT NOT NULL
);
