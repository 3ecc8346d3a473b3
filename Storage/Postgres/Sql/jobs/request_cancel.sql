-- $1-$5: the fence (id, status, owner, attempt, holder). $6: the time. $7: tell other processes.
WITH changed AS (
  UPDATE jobforge_jobs SET cancel_requested_at = coalesce(cancel_requested_at, $6), status_reason = 'cancel_requested', updated_at = $6
  WHERE id = $1 AND status = $2 AND owner_epoch IS NOT DISTINCT FROM $3::bigint AND attempts = $4
    AND (SELECT jobforge_hold($3::bigint, $5::bigint))
  RETURNING id
)
SELECT CASE WHEN $7::boolean THEN pg_notify('jobforge', 'job:' || id)::text END FROM changed
