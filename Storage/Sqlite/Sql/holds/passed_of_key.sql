SELECT count(*) FROM (
  SELECT 1 FROM jobforge_jobs INDEXED BY jobforge_jobs_passed
  WHERE tenant_id = :tenant_id AND gate_key = :gate_key AND hold IS NULL AND wait_until IS NULL LIMIT :at_most)
