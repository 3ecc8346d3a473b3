DELETE FROM jobforge_audit_logs WHERE id = :id
