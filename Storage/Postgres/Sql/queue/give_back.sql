-- $1: ids. $2-$5: the fence that all of them share (status, owner, attempt, holder).
WITH freed AS (
  UPDATE jobforge_jobs
  SET owner_epoch = NULL, write_start_first = write_start_first OR (SELECT state = 'dead' FROM jobforge_epochs AS epoch WHERE epoch.id = $3)
  WHERE id = ANY ($1::uuid[]) AND status = $2::text AND owner_epoch IS NOT DISTINCT FROM $3::bigint AND attempts = $4::integer
    AND (SELECT jobforge_hold($3::bigint, $5::bigint)) AND status = 'queued' AND wait_until IS NULL AND hold IS NULL
  RETURNING id
), counted AS (
  SELECT count(*)::integer AS freed FROM freed
)
SELECT freed, CASE WHEN freed > 0 THEN pg_notify('jobforge', 'donated')::text END FROM counted
