CREATE TABLE incidents (
  incident_id TEXT PRIMARY KEY,
  cause TEXT NOT NULL,
  kind BIGINT NOT NULL,
  severity BIGINT NOT NULL,
  region TEXT NOT NULL,
  station_id TEXT NOT NULL,
  device TEXT NOT NULL,
  summary TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  acknowledged_at BIGINT,
  acknowledged_by TEXT
);
CREATE INDEX incidents_open ON incidents (cause) WHERE closed_at IS NULL;
CREATE INDEX incidents_cause ON incidents (cause, closed_at);
-- What the follower has heard so far; it follows from the journal up to its position and is no fact itself.
CREATE TABLE incident_stations (
  station_id TEXT PRIMARY KEY,
  office TEXT NOT NULL,
  standing BIGINT NOT NULL,
  maintenance_until BIGINT,
  was_heard BIGINT NOT NULL,
  presumed_dead BIGINT NOT NULL,
  summary TEXT NOT NULL,
  working BIGINT NOT NULL
);
CREATE INDEX incident_stations_office ON incident_stations (office);
CREATE TABLE incident_devices (
  station_id TEXT NOT NULL,
  kind BIGINT NOT NULL,
  serial TEXT NOT NULL,
  state BIGINT NOT NULL,
  summary TEXT NOT NULL,
  PRIMARY KEY (station_id, kind, serial)
);
CREATE TABLE incident_offices (
  office TEXT PRIMARY KEY,
  most_working BIGINT NOT NULL,
  working BIGINT NOT NULL
);
