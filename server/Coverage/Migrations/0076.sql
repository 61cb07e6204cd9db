-- Citizens recorded by region and day of its own clock, counted in days from 1970; from the country down to the village.
CREATE TABLE coverage_days (
  region TEXT NOT NULL,
  day BIGINT NOT NULL,
  recorded BIGINT NOT NULL,
  PRIMARY KEY (region, day)
);
-- The figures of all districts read a month of days.
CREATE INDEX coverage_days_by_day ON coverage_days (day, region);
-- What was recorded before this table was there: on the day the packet came, by the clock of its province (as OfficeTime).
CREATE TABLE coverage_days_before (region TEXT NOT NULL, day BIGINT NOT NULL);
INSERT INTO coverage_days_before (region, day)
SELECT region, (at + 3600000 * CASE
  WHEN substr(region, 1, 2) IN ('51', '52', '53', '63', '64', '65', '71', '72', '73', '74', '75', '76') THEN 8
  WHEN substr(region, 1, 2) IN ('81', '82') OR substr(region, 1, 2) >= '91' THEN 9
  ELSE 7 END) / 86400000
FROM journal WHERE kind = 'coverage.citizen-recorded';
INSERT INTO coverage_days (region, day, recorded) SELECT region, day, COUNT(*) FROM coverage_days_before GROUP BY region, day;
INSERT INTO coverage_days (region, day, recorded) SELECT substr(region, 1, 5), day, COUNT(*) FROM coverage_days_before GROUP BY 1, day;
INSERT INTO coverage_days (region, day, recorded) SELECT substr(region, 1, 2), day, COUNT(*) FROM coverage_days_before GROUP BY 1, day;
INSERT INTO coverage_days (region, day, recorded) SELECT '', day, COUNT(*) FROM coverage_days_before GROUP BY day;
DROP TABLE coverage_days_before;
