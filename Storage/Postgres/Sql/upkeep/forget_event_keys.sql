-- Walks the keys in slices from $1 on; those of events that are older than $2 by their ids go. Answers where the slice ended; null: at the end.
WITH slice AS (
  SELECT hash, event_id FROM jobforge_event_keys WHERE hash > $1 ORDER BY hash LIMIT $3
), gone AS (
  DELETE FROM jobforge_event_keys AS key USING slice WHERE key.hash = slice.hash AND key.event_id = slice.event_id AND jobforge_id_time(slice.event_id) < $2
)
SELECT CASE WHEN count(*) = $3 THEN max(hash::text) END FROM slice
