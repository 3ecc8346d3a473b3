-- $1: tenants, $2: token ids, $3: digests, $4: job ids, $5: times, $6: expiries; sorted by tenant and token, the first come of a token first. Answers the jobs
-- whose token was neither used nor revoked.
INSERT INTO jobforge_tokens (tenant_id, token_id, digest, job_id, burnt_at, expires_at)
SELECT tenant_id, token_id, digest, job_id, burnt_at, expires_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[])
  AS token (tenant_id, token_id, digest, job_id, burnt_at, expires_at)
ON CONFLICT DO NOTHING
RETURNING job_id
