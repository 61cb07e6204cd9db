-- Where a scenario's clock stands, so that a run goes on after a restart.
CREATE TABLE scenario_clock (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  now BIGINT NOT NULL
);
