SELECT payload, etag FROM jobforge_grain_state WHERE state_name = $1 AND grain_id = $2
