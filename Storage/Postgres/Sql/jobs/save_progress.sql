-- $1-$5: the fence (id, status, owner, attempt, holder). $6: progress, $7: the time.
UPDATE jobforge_jobs SET progress = $6, updated_at = $7
WHERE id = $1 AND status = $2 AND owner_epoch IS NOT DISTINCT FROM $3::bigint AND attempts = $4
  AND (SELECT jobforge_hold($3::bigint, $5::bigint))
