-- Up to where the events of each agent's outbox are durable.
CREATE TABLE session_events (
  station_id TEXT PRIMARY KEY,
  outbox TEXT NOT NULL,
  position BIGINT NOT NULL
);
