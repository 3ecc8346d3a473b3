-- ?1: parent, ?2: now. Ready without an owner, or before its gate; nobody takes it twice.
UPDATE jobforge_jobs
SET hold = CASE WHEN gate_key IS NOT NULL THEN 'limit' END, status_reason = CASE WHEN gate_key IS NULL THEN 'released' ELSE 'limited' END, updated_at = ?2
WHERE id = ?1 AND hold = 'children' AND (SELECT child.id FROM jobforge_jobs AS child WHERE child.parent_run_id = ?1 LIMIT 1) IS NULL
