-- Uses are reported in batches by several processes' memories, so a time never moves back; in one order, so that two reports do not deadlock.
WITH due AS (
  SELECT key_id, used.at FROM unnest($1::text[], $2::timestamptz[]) AS used (key, at) JOIN jobforge_api_keys ON key_id = used.key
  WHERE last_used_at IS NULL OR last_used_at < used.at
  ORDER BY key_id FOR NO KEY UPDATE OF jobforge_api_keys)
UPDATE jobforge_api_keys AS kept SET last_used_at = greatest(kept.last_used_at, due.at) FROM due WHERE kept.key_id = due.key_id
