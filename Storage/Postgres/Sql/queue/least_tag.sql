-- The head of each owner's queue, and of what nobody owns: one index descent each.
SELECT min(tag) FROM (
  SELECT (
      SELECT fair_tag FROM jobforge_jobs
      WHERE owner_epoch = epoch.id AND status = 'queued' AND wait_until IS NULL AND hold IS NULL ORDER BY owner_epoch, fair_tag LIMIT 1) AS tag
    FROM jobforge_epochs AS epoch
  UNION ALL
  SELECT (
      SELECT fair_tag FROM jobforge_jobs
      WHERE owner_epoch IS NULL AND status = 'queued' AND wait_until IS NULL AND hold IS NULL ORDER BY owner_epoch, fair_tag LIMIT 1)) AS heads
