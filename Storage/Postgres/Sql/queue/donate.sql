-- $1: owner, $2: holder, $3 and $4: the tag and id to begin behind, $5: limit. What a crashed process queued may have been started by it, and once nobody owns
-- the row, only the row can say so.
WITH freed AS (
  UPDATE jobforge_jobs
  SET owner_epoch = NULL, write_start_first = write_start_first OR (SELECT state = 'dead' FROM jobforge_epochs AS epoch WHERE epoch.id = $1)
  WHERE id = ANY (ARRAY(
      SELECT id FROM jobforge_jobs
      WHERE owner_epoch = $1 AND status = 'queued' AND wait_until IS NULL AND hold IS NULL AND (fair_tag, id) > ($3, $4) AND (SELECT jobforge_hold($1, $2))
      ORDER BY owner_epoch, fair_tag, id LIMIT $5
      FOR UPDATE SKIP LOCKED))
  RETURNING id
), counted AS (
  SELECT count(*)::integer AS freed FROM freed
)
SELECT freed, CASE WHEN freed > 0 THEN pg_notify('jobforge', 'donated')::text END FROM counted
