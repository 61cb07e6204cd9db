-- One cause has at most one open incident, whoever opens it; the open ones are few among all that ever were.
DROP INDEX incidents_open;
CREATE UNIQUE INDEX incidents_open_once ON incidents (cause) WHERE closed_at IS NULL;
CREATE INDEX incidents_open_by_age ON incidents (incident_id, region) WHERE closed_at IS NULL;
CREATE INDEX incident_stations_maintenance ON incident_stations (maintenance_until) WHERE maintenance_until IS NOT NULL;
