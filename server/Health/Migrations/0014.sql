-- The history of one station, or of one regency, is read without looking at the rest of the country's.
DROP INDEX condition_history_device;
CREATE INDEX condition_history_of_station ON condition_history (station_id, history_key);
CREATE INDEX condition_history_of_office ON condition_history (substr(device_key, 1, 5), history_key);
-- A key's number counts the changes of the device at the same moment from now on, and not all it ever had.
UPDATE condition_history SET history_key = renumbered.new_key || '#'
FROM (
  SELECT history_key AS old_key,
    substr(history_key, 1, length(history_key) - 9) || substr('00000000' || place, length(CAST(place AS TEXT))) AS new_key
  FROM (
    SELECT history_key, row_number() OVER (PARTITION BY substr(history_key, 1, length(history_key) - 9) ORDER BY history_key) AS place
    FROM condition_history
  ) AS placed
) AS renumbered
WHERE condition_history.history_key = renumbered.old_key;
UPDATE condition_history SET history_key = substr(history_key, 1, length(history_key) - 1);
