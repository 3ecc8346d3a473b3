-- $1-$5: the fence (id, status, owner, attempt, holder). $6: hold, $7: reason, $8: gate (null: as it was), $9: the time.
UPDATE jobforge_jobs SET hold = $6, status_reason = $7, gate_key = coalesce($8, gate_key), owner_epoch = NULL, updated_at = $9
WHERE id = $1 AND status = $2 AND owner_epoch IS NOT DISTINCT FROM $3::bigint AND attempts = $4
  AND (SELECT jobforge_hold($3::bigint, $5::bigint))
  AND status = 'queued' AND wait_until IS NULL
