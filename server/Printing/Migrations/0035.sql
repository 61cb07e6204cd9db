-- The order of an office's queue: the moment of enqueueing, later by the handicap of its class, so that a class waits behind
-- younger jobs of a better one only for so long. Only ready jobs are in it: what is held is never met.
ALTER TABLE printing_jobs ADD COLUMN ranked_at BIGINT NOT NULL DEFAULT 0;
UPDATE printing_jobs SET ranked_at = enqueued_at + CASE priority WHEN 2 THEN 86400000 WHEN 3 THEN 604800000 WHEN 4 THEN 1209600000 ELSE 0 END;
DROP INDEX printing_jobs_queue;
CREATE INDEX printing_jobs_ready ON printing_jobs (office, ranked_at, job_id) WHERE state = 2;
-- What waits for a person, for whoever lists it; a job on its usual way never enters it.
CREATE INDEX printing_jobs_person ON printing_jobs (office, state, job_id) WHERE state = 1 OR state = 6 OR state = 7;
-- Whose turn it is among the offices that have ready jobs, for printers that print for several; outside the fold.
CREATE TABLE printing_turns (
  office TEXT PRIMARY KEY,
  pass BIGINT NOT NULL
);
CREATE INDEX printing_turns_order ON printing_turns (pass, office);
INSERT INTO printing_turns (office, pass) SELECT DISTINCT office, 0 FROM printing_jobs WHERE state = 2;
