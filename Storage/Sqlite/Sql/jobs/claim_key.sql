INSERT INTO jobforge_idempotency_keys (hash, job_id, inputs_digest) VALUES (:hash, :job_id, :inputs_digest) ON CONFLICT DO NOTHING
