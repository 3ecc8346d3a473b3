-- ?1: behind this hash, ?2: rows.
SELECT NULL, hash, NULL FROM jobforge_event_keys WHERE hash > ?1 ORDER BY hash LIMIT ?2
