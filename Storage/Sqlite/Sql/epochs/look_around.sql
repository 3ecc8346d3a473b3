-- Is there work of ended processes, and who has none?
SELECT
  EXISTS (SELECT 1 FROM jobforge_epochs WHERE state = 'open' AND expires_at < :now)
  OR EXISTS (
    SELECT 1 FROM jobforge_epochs
    WHERE state IN ('closed', 'dead') AND holder NOT IN (SELECT id FROM jobforge_epochs AS holding WHERE holding.state = 'open')),
  (SELECT count(*) FROM jobforge_epochs WHERE state = 'open' AND hungry = 1 AND id <> :id)
