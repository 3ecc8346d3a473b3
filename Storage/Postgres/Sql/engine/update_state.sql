UPDATE jobforge_grain_state SET payload = $1, etag = $2 WHERE state_name = $3 AND grain_id = $4 AND etag = $5
