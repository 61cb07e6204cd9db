-- One cause has at most one open incident, whoever opens it; the open ones are few among all that ever were.
DROP INDEX incidents_open;
CREATE UNIQUE INDEX incidents_open_once ON incidents (cause) WHERE closed_at IS NULL;
CREATE INDEX incidents_open_by_age ON incidents (incident_id, region) WHERE closed_at IS NULL;
CREATE INDEX incident_stations_maintenance ON incident_stations (maintenance_until) WHERE maintenance_until IS NOT NULL;
-- Who had seen it before it came back has not seen it now, as a fold of the journal tells from here on.
UPDATE incidents SET acknowledged_at = NULL, acknowledged_by = NULL
WHERE acknowledged_at <= (SELECT MAX(at) FROM journal WHERE kind = 'incidents.reopened' AND subject = 'incident/' || incident_id);
