SELECT count(*) FROM (
  SELECT 1 FROM jobforge_jobs INDEXED BY jobforge_jobs_gated
  WHERE hold = 'limit' AND tenant_id = :tenant_id AND gate_key = :gate_key AND (fair_tag, id) < (:fair_tag, :id) LIMIT :at_most)
