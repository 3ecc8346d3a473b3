-- $1: hashes in ascending order, $2: job ids, $3: hashes of the inputs. Answers the jobs that got their key.
INSERT INTO jobforge_idempotency_keys (hash, job_id, inputs_hash)
SELECT hash, job_id, inputs_hash FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS key (hash, job_id, inputs_hash)
ON CONFLICT DO NOTHING
RETURNING job_id
