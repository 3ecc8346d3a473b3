SELECT job_id, inputs_digest FROM jobforge_idempotency_keys WHERE hash = :hash
