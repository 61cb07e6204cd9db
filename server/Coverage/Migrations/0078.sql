-- Service times, kept by a follower and made of what the journal tells: citizens who were recorded and have no card in their hand,
-- and the jobs of their cards.
CREATE TABLE service_waits (
  citizen_id TEXT PRIMARY KEY,
  station_id TEXT NOT NULL,
  captured_at BIGINT NOT NULL,
  printed BIGINT NOT NULL
);
CREATE TABLE service_jobs (
  job_id TEXT PRIMARY KEY,
  citizen_id TEXT NOT NULL
);
CREATE INDEX service_jobs_citizen ON service_jobs (citizen_id);
-- Waits that ended on a day (1 printed, 2 handed over) of citizens whom a station, or all of a province, recorded, in buckets of a
-- tenth. The place is the station's id or the province's code.
CREATE TABLE service_days (
  place TEXT NOT NULL,
  day BIGINT NOT NULL,
  ended BIGINT NOT NULL,
  bucket BIGINT NOT NULL,
  citizens BIGINT NOT NULL,
  PRIMARY KEY (place, day, ended, bucket)
);
-- A station's captures of a day by its own clock, and the hours of the first and the last.
CREATE TABLE service_captures (
  station_id TEXT NOT NULL,
  day BIGINT NOT NULL,
  captures BIGINT NOT NULL,
  first_hour BIGINT NOT NULL,
  last_hour BIGINT NOT NULL,
  PRIMARY KEY (station_id, day)
);
