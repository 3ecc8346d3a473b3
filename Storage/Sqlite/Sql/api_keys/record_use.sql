-- Uses are reported in batches by several writers' memories, so a time never moves back.
UPDATE jobforge_api_keys SET last_used_at = max(coalesce(last_used_at, 0), :at) WHERE key_id = :key_id
