-- The life of an incident: who was told how often, who sees to it until when, what explains it, who is asked next.
ALTER TABLE incidents ADD COLUMN acknowledged_until BIGINT;
ALTER TABLE incidents ADD COLUMN suppressed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN in_maintenance BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN silenced_until BIGINT;
ALTER TABLE incidents ADD COLUMN silence_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN flapping BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN returns BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN level BIGINT NOT NULL DEFAULT 1;
ALTER TABLE incidents ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN owed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN notices BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN noticed_at BIGINT;
ALTER TABLE incidents ADD COLUMN noticed_before BIGINT;
-- As a fold of the facts that were written before these columns tells from here on.
UPDATE incidents SET
  acknowledged_until = acknowledged_at + 604800000,
  level = CASE length(region) WHEN 0 THEN 3 WHEN 2 THEN 2 ELSE 1 END,
  returns = (SELECT COUNT(*) FROM journal WHERE kind = 'incidents.reopened' AND subject = 'incident/' || incident_id),
  owed = CASE WHEN closed_at IS NULL AND acknowledged_at IS NULL THEN 1 ELSE 0 END,
  asked_at = COALESCE((
    SELECT MAX(at) FROM journal
    WHERE kind IN ('incidents.opened', 'incidents.reopened', 'incidents.escalated') AND subject = 'incident/' || incident_id
  ), opened_at);
-- What is wrong now, whether it has an incident or not, and when time alone is to be looked at again; it follows from the
-- journal and is no fact. A cause that is well is kept for as long as its incident stays open for flapping.
CREATE TABLE incident_causes (
  cause TEXT PRIMARY KEY,
  wrong BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  region TEXT NOT NULL,
  station_id TEXT NOT NULL,
  device TEXT NOT NULL,
  model TEXT NOT NULL,
  summary TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  due_at BIGINT
);
CREATE INDEX incident_causes_region ON incident_causes (region);
CREATE INDEX incident_causes_station ON incident_causes (station_id);
CREATE INDEX incident_causes_model ON incident_causes (model) WHERE model <> '';
CREATE INDEX incident_causes_due ON incident_causes (due_at) WHERE due_at IS NOT NULL;
INSERT INTO incident_causes (cause, wrong, kind, region, station_id, device, model, summary, changed_at, due_at)
SELECT cause, 1, kind, region, station_id, device, '', summary, opened_at, 0 FROM incidents WHERE closed_at IS NULL;
ALTER TABLE incident_devices ADD COLUMN model TEXT NOT NULL DEFAULT '';
CREATE TABLE incident_regions (
  region TEXT PRIMARY KEY,
  maintenance_until BIGINT NOT NULL
);
