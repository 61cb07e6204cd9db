-- What people do with a job and its card: they resolve an attempt that is unknown, verify, hand over, cancel.
ALTER TABLE printing_jobs ADD COLUMN cancel_reason TEXT;
ALTER TABLE printing_jobs ADD COLUMN replaces_serial BIGINT NOT NULL DEFAULT 0;
UPDATE printing_jobs SET cancel_reason = reason WHERE state = 8;
ALTER TABLE printing_attempts ADD COLUMN blank_stays BIGINT NOT NULL DEFAULT 0;
ALTER TABLE printing_attempts ADD COLUMN missing_by TEXT;
ALTER TABLE printing_attempts ADD COLUMN found BIGINT;
ALTER TABLE printing_totals ADD COLUMN verified BIGINT NOT NULL DEFAULT 0 CHECK (verified >= 0);
ALTER TABLE printing_totals ADD COLUMN handed_over BIGINT NOT NULL DEFAULT 0 CHECK (handed_over >= 0);
