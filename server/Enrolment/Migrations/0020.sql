-- Packets that are on the disk, and how much of them came from each district.
CREATE TABLE packets (
  packet_id TEXT PRIMARY KEY,
  station_id TEXT NOT NULL,
  region TEXT NOT NULL,
  citizen_id TEXT NOT NULL,
  sha256 BYTEA NOT NULL,
  length BIGINT NOT NULL,
  captured_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  file TEXT NOT NULL,
  signature BYTEA NOT NULL
);
-- A district's list is read by the first, any larger region's by the second.
CREATE INDEX packets_of_district ON packets (region, received_at, packet_id);
CREATE INDEX packets_by_age ON packets (received_at, packet_id, region);
CREATE TABLE packet_totals (
  region TEXT PRIMARY KEY,
  packets BIGINT NOT NULL,
  bytes BIGINT NOT NULL
);
-- Packets that were announced and are not here yet; no facts, swept when abandoned. The person lies encrypted.
CREATE TABLE packet_offers (
  packet_id TEXT PRIMARY KEY,
  station_id TEXT NOT NULL,
  sha256 BYTEA NOT NULL,
  length BIGINT NOT NULL,
  captured_at BIGINT NOT NULL,
  file TEXT NOT NULL,
  nik_hash BYTEA NOT NULL,
  person BYTEA NOT NULL,
  offered_at BIGINT NOT NULL
);
CREATE INDEX packet_offers_of_station ON packet_offers (station_id);
CREATE INDEX packet_offers_by_age ON packet_offers (offered_at);
-- Refusals are no facts; they are counted all the same, and outlive a restart.
CREATE TABLE packet_duplicates (
  region TEXT PRIMARY KEY,
  refused BIGINT NOT NULL
);
