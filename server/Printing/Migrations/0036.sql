-- Blanks that a station used on each of its last days (days since 1970), and how many of them were spoiled or went missing.
CREATE TABLE printing_use (
  station_id TEXT NOT NULL,
  day BIGINT NOT NULL,
  used BIGINT NOT NULL,
  spoiled BIGINT NOT NULL,
  PRIMARY KEY (station_id, day)
);
INSERT INTO printing_use (station_id, day, used, spoiled)
SELECT a.station_id, a.started_at / 86400000, SUM(CASE WHEN a.state = 4 THEN 0 ELSE 1 END), SUM(CASE WHEN a.state = 3 THEN 1 ELSE 0 END)
FROM printing_attempts AS a
JOIN (SELECT station_id, MAX(started_at / 86400000) AS day FROM printing_attempts GROUP BY station_id) AS last ON last.station_id = a.station_id
WHERE a.started_at / 86400000 > last.day - 30
GROUP BY a.station_id, a.started_at / 86400000;
