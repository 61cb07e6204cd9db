-- One row for each card owed. A job's id begins with the moment it was enqueued, so its order is the order of age. due_at is
-- the end of a lease (state 3), or the moment until which a started attempt must be reported (state 4); null otherwise.
CREATE TABLE printing_jobs (
  job_id TEXT PRIMARY KEY,
  citizen_id TEXT NOT NULL,
  issuance_number BIGINT NOT NULL,
  issuance_id TEXT NOT NULL,
  region TEXT NOT NULL,
  office TEXT NOT NULL,
  priority BIGINT NOT NULL,
  enqueued_at BIGINT NOT NULL,
  state BIGINT NOT NULL,
  reason TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  station_id TEXT,
  due_at BIGINT,
  print_failures BIGINT NOT NULL,
  encode_failures BIGINT NOT NULL,
  feed_failures BIGINT NOT NULL,
  avoided_station_id TEXT,
  avoided_until BIGINT,
  UNIQUE (citizen_id, issuance_number)
);
-- The queue of an office, state by state: a lease reads the ready ones in their order and never meets a held one.
CREATE INDEX printing_jobs_queue ON printing_jobs (office, state, priority, job_id);
CREATE INDEX printing_jobs_office ON printing_jobs (office, job_id);
CREATE INDEX printing_jobs_due ON printing_jobs (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX printing_jobs_active ON printing_jobs (station_id) WHERE due_at IS NOT NULL;
-- One row for each START. States: 1 started, 2 printed, 3 failed, 4 not fed, 5 unknown.
CREATE TABLE printing_attempts (
  job_id TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  station_id TEXT NOT NULL,
  state BIGINT NOT NULL,
  blank_serial BIGINT NOT NULL,
  blank_bound BIGINT NOT NULL,
  printer_serial TEXT NOT NULL,
  picked_before BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  settled_at BIGINT,
  picked_after BIGINT,
  unknown_cause BIGINT,
  failure_class BIGINT,
  code TEXT,
  chip_uid TEXT,
  report TEXT,
  answered BIGINT,
  PRIMARY KEY (job_id, epoch)
);
-- At most one attempt of an issuance may have made a card.
CREATE UNIQUE INDEX printing_attempts_one ON printing_attempts (job_id) WHERE state IN (1, 2, 5);
-- A blank is in one START, unless it was proven not to have been fed.
CREATE UNIQUE INDEX printing_attempts_blank ON printing_attempts (blank_serial) WHERE blank_bound = 1;
-- Reports that were refused, kept for whoever has to find out.
CREATE TABLE printing_refused_reports (
  job_id TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  station_id TEXT NOT NULL,
  report TEXT NOT NULL,
  outcome BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (job_id, epoch, station_id, report)
);
-- How many jobs of a region are in which state.
CREATE TABLE printing_totals (
  region TEXT PRIMARY KEY,
  enqueued BIGINT NOT NULL DEFAULT 0,
  held BIGINT NOT NULL DEFAULT 0 CHECK (held >= 0),
  ready BIGINT NOT NULL DEFAULT 0 CHECK (ready >= 0),
  leased BIGINT NOT NULL DEFAULT 0 CHECK (leased >= 0),
  started BIGINT NOT NULL DEFAULT 0 CHECK (started >= 0),
  printed BIGINT NOT NULL DEFAULT 0 CHECK (printed >= 0),
  quarantined BIGINT NOT NULL DEFAULT 0 CHECK (quarantined >= 0),
  unknown BIGINT NOT NULL DEFAULT 0 CHECK (unknown >= 0),
  cancelled BIGINT NOT NULL DEFAULT 0 CHECK (cancelled >= 0)
);
-- What is printed and encoded, encrypted; outside the fold.
CREATE TABLE printing_payloads (
  job_id TEXT PRIMARY KEY,
  payload BYTEA NOT NULL
);
