SELECT job_id, inputs_hash FROM jobforge_idempotency_keys WHERE hash = :hash
