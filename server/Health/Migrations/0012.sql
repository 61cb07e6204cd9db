-- Several servers on one database: who hears a station judges it. A server holds what it owns as long as it renews its
-- lease; what nobody holds (or was there before this table) is taken over by the first that looks. No facts.
CREATE TABLE health_servers (
  server_id TEXT PRIMARY KEY,
  until BIGINT NOT NULL
);
CREATE TABLE health_owners (
  station_id TEXT PRIMARY KEY,
  server_id TEXT NOT NULL,
  since BIGINT NOT NULL
);
CREATE INDEX health_owners_server ON health_owners (server_id);
CREATE INDEX health_owners_since ON health_owners (since);
INSERT INTO health_servers (server_id, until) VALUES ('', 0);
INSERT INTO health_owners (station_id, server_id, since) SELECT station_id, '', 0 FROM detector_checkpoints;
