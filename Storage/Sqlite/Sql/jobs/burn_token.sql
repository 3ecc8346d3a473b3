INSERT INTO jobforge_tokens (tenant_id, token_id, digest, job_id, burnt_at, expires_at)
VALUES (:tenant_id, :token_id, :digest, :job_id, :burnt_at, :expires_at)
