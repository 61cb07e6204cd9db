-- A regency's list is read by this; the index by age serves the larger regions.
CREATE INDEX packets_of_office ON packets (substr(region, 1, 5), received_at, packet_id);
