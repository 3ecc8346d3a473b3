-- $1: tenant, $2: at most, $3-$8: the filter. The inner LIMIT stops the count.
SELECT template_key, status_reason, count(*) FROM (
  SELECT template_key, status_reason
  FROM jobforge_finished_jobs
  WHERE tenant_id = $1 AND status = 'failed'
    AND ($3::text IS NULL OR template_key = $3) AND ($4::text IS NULL OR status_reason = $4) AND ($5::text IS NULL OR error ->> 'code' = $5)
  AND ($6::integer IS NULL OR attempts = $6) AND finished_at >= $7 AND finished_at <= $8
  ORDER BY id DESC LIMIT $2) AS newest
GROUP BY template_key, status_reason
ORDER BY template_key, status_reason
