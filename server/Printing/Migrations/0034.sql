-- Printers as the queue sees them. A row only where something was ever said about one.
CREATE TABLE printing_printers (
  station_id TEXT PRIMARY KEY,
  print_region TEXT,
  drained_cause BIGINT,
  drained_reason TEXT NOT NULL DEFAULT '',
  drained_until BIGINT,
  fault BIGINT NOT NULL DEFAULT 0,
  drained_blanks BIGINT NOT NULL DEFAULT 0,
  unexplained BIGINT NOT NULL DEFAULT 0
);
-- What a printer's own counter of picked cards can be by our books, and how many cards it spoiled since the last good one.
CREATE TABLE printing_counters (
  station_id TEXT NOT NULL,
  printer_serial TEXT NOT NULL,
  picked_least BIGINT NOT NULL,
  picked_most BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  PRIMARY KEY (station_id, printer_serial)
);
-- What printers said last of their supplies; outside the fold.
CREATE TABLE printing_supplies (
  station_id TEXT PRIMARY KEY,
  office TEXT NOT NULL,
  ribbon_left BIGINT,
  told_at BIGINT NOT NULL
);
INSERT INTO printing_counters (station_id, printer_serial, picked_least, picked_most, failures)
SELECT last.station_id, last.printer_serial,
  CASE WHEN last.state IN (2, 3) AND last.picked_after > last.picked_before THEN last.picked_before + 1 ELSE last.picked_before END,
  CASE WHEN last.state = 4 OR (last.state IN (2, 3) AND last.picked_after <= last.picked_before) THEN last.picked_before ELSE last.picked_before + 1 END,
  COALESCE(bad.failures, 0)
FROM (SELECT a.*, ROW_NUMBER() OVER (PARTITION BY station_id, printer_serial ORDER BY started_at DESC, job_id DESC) AS newest FROM printing_attempts AS a) AS last
LEFT JOIN (
  SELECT f.station_id, f.printer_serial, COUNT(*) AS failures FROM printing_attempts AS f
  LEFT JOIN (SELECT station_id, printer_serial, MAX(settled_at) AS at FROM printing_attempts WHERE state = 2 GROUP BY station_id, printer_serial) AS good
    ON good.station_id = f.station_id AND good.printer_serial = f.printer_serial
  WHERE f.state = 3 AND f.settled_at > COALESCE(good.at, 0)
  GROUP BY f.station_id, f.printer_serial
) AS bad ON bad.station_id = last.station_id AND bad.printer_serial = last.printer_serial
WHERE last.newest = 1;
