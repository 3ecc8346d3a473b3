-- $1, $2: behind this tenant and token, $3, $4: up to that one; $5: jobs that ended before may have been forgotten.
SELECT token.tenant_id, token.token_id, 'used by job ' || token.job_id::text || ', which does not exist'
FROM jobforge_tokens AS token
WHERE (token.tenant_id, token.token_id) > ($1, $2) AND (token.tenant_id, token.token_id) <= ($3, $4)
  AND token.job_id IS NOT NULL AND token.burnt_at >= $5
  AND (SELECT job.id FROM jobforge_jobs AS job WHERE job.id = token.job_id) IS NULL
  AND (SELECT ended.id FROM jobforge_finished_jobs AS ended
    WHERE ended.tenant_id = token.tenant_id AND ended.id = token.job_id AND ended.finished_at >= token.burnt_at - interval '1 day' LIMIT 1) IS NULL
