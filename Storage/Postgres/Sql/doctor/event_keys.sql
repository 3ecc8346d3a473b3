-- $1: behind this hash, $2: rows.
SELECT NULL::text, hash::text, NULL::text FROM jobforge_event_keys AS own WHERE own.hash > $1 ORDER BY own.hash LIMIT $2
