-- First answers to mutating calls, so that a repetition changes nothing.
CREATE TABLE requests (
  caller TEXT NOT NULL,
  request_id TEXT NOT NULL,
  digest BYTEA NOT NULL,
  response BYTEA NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (caller, request_id)
);
CREATE INDEX requests_at ON requests (at);
