-- The village a citizen lives in, where the station tells it.
ALTER TABLE packets ADD COLUMN village TEXT;
ALTER TABLE packet_offers ADD COLUMN village TEXT;
