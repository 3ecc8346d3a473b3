-- The inner LIMIT stops the count.
SELECT template_key, status_reason, count(*) FROM (
  SELECT template_key, status_reason
  FROM jobforge_finished_jobs INDEXED BY jobforge_finished_jobs_failed
  WHERE tenant_id = :tenant_id AND status = 'failed'
    AND (:template_key IS NULL OR template_key = :template_key)
    AND (:status_reason IS NULL OR status_reason = :status_reason)
    AND (:error_code IS NULL OR error ->> '$.code' = :error_code)
    AND (:attempts IS NULL OR attempts = :attempts)
    AND finished_at >= :from_time AND finished_at <= :to_time
  ORDER BY id DESC LIMIT :at_most)
GROUP BY template_key, status_reason
