-- ?1: hash, ?2: tenant, ?3: job, ?4: hash of the inputs.
INSERT INTO jobforge_idempotency_keys (hash, job_id, inputs_hash)
SELECT ?1, ?3, ?4
WHERE (SELECT job.id FROM jobforge_jobs AS job WHERE job.id = ?3) IS NOT NULL
  OR (SELECT ended.id FROM jobforge_finished_jobs AS ended WHERE ended.tenant_id = ?2 AND ended.id = ?3 LIMIT 1) IS NOT NULL
ON CONFLICT DO NOTHING
