-- How long the capture took, in seconds, where the station measured it.
ALTER TABLE packets ADD COLUMN capture_seconds BIGINT;
ALTER TABLE packet_offers ADD COLUMN capture_seconds BIGINT;
