UPDATE jobforge_api_keys SET revoked_at = :at
WHERE key_id = :key_id AND revoked_at IS NULL AND (:tenant_id IS NULL OR tenant_id = :tenant_id)
