-- Work orders; the open ones are few among all that ever were. What proves itself after the work may bear another serial.
CREATE TABLE repairs (
  repair_id TEXT PRIMARY KEY,
  station_id TEXT NOT NULL,
  kind BIGINT NOT NULL,
  serial TEXT NOT NULL,
  incident_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  repeat BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  state BIGINT NOT NULL,
  technician TEXT NOT NULL,
  part TEXT NOT NULL,
  part_expected TEXT NOT NULL,
  done BIGINT NOT NULL,
  proving_serial TEXT NOT NULL,
  came_back BIGINT NOT NULL,
  note TEXT NOT NULL,
  unassigned_since BIGINT,
  assigned_at BIGINT,
  part_ordered_at BIGINT,
  departed_at BIGINT,
  arrived_at BIGINT,
  completed_at BIGINT,
  escalated_at BIGINT,
  closed_at BIGINT,
  changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX repairs_open_once ON repairs (station_id, kind, serial) WHERE closed_at IS NULL;
CREATE INDEX repairs_open ON repairs (repair_id, station_id) WHERE closed_at IS NULL;
CREATE INDEX repairs_escalation ON repairs (opened_at) WHERE closed_at IS NULL AND escalated_at IS NULL;
-- What a repeat is found by: the same kind at the same station, or the same device elsewhere.
CREATE INDEX repairs_of_station ON repairs (station_id, kind, closed_at);
CREATE INDEX repairs_of_device ON repairs (kind, serial, closed_at);
-- Per province: repairs that were verified, the milliseconds from opening to that, and repeats.
CREATE TABLE repair_totals (
  province TEXT PRIMARY KEY,
  verified BIGINT NOT NULL,
  milliseconds BIGINT NOT NULL,
  repeats BIGINT NOT NULL
);
-- Parts on an office's shelf.
CREATE TABLE repair_parts (
  parts_key TEXT PRIMARY KEY,
  office TEXT NOT NULL,
  kind BIGINT NOT NULL,
  part TEXT NOT NULL,
  count BIGINT NOT NULL
);
