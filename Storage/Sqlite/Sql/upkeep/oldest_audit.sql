SELECT id, created_at FROM jobforge_audit_logs ORDER BY id LIMIT :limit
