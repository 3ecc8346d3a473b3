UPDATE jobforge_grain_state SET payload = :payload, etag = :new_etag
WHERE state_name = :state_name AND grain_id = :grain_id AND etag = :etag
