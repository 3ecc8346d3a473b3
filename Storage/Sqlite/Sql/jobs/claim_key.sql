INSERT INTO jobforge_idempotency_keys (hash, job_id, inputs_hash) VALUES (:hash, :job_id, :inputs_hash) ON CONFLICT DO NOTHING
