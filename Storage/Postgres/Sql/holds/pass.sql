-- $1: epoch, $2: fair tag, $3: the time, $4: ids, which this transaction has locked before the gate.
UPDATE jobforge_jobs SET hold = NULL, owner_epoch = $1, fair_tag = greatest(fair_tag, $2), status_reason = 'released', updated_at = $3
WHERE id = ANY ($4::uuid[]) AND status = 'queued' AND hold = 'limit'
