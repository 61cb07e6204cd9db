-- Devices that were worked on and have to prove themselves by their next captures or prints; the occasion is who asked for it.
CREATE TABLE health_probations (
  station_id TEXT NOT NULL,
  kind BIGINT NOT NULL,
  serial TEXT NOT NULL,
  occasion TEXT NOT NULL,
  begun_at BIGINT NOT NULL,
  PRIMARY KEY (station_id, kind, serial)
);
