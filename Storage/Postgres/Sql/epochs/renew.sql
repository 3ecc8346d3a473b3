-- $1: epoch, $2: now, $3: the lease's new end, $4: hungry. Also: is there work of ended processes, and who has none?
WITH renewed AS (
  UPDATE jobforge_epochs SET expires_at = $3, hungry = $4 WHERE id = $1 AND state = 'open' RETURNING id
)
SELECT EXISTS (SELECT FROM renewed),
  EXISTS (SELECT FROM jobforge_epochs WHERE state = 'open' AND expires_at < $2 AND id <> $1)
  OR EXISTS (
    SELECT FROM jobforge_epochs
    WHERE state IN ('closed', 'dead') AND holder NOT IN (SELECT id FROM jobforge_epochs AS holding WHERE holding.state = 'open')),
  (SELECT count(*)::integer FROM jobforge_epochs WHERE state = 'open' AND hungry AND id <> $1)
