-- $1: epochs, $2: now. Locked before; one that was renewed meanwhile lives. What a dead process had inherited may have been started by it too.
WITH dead AS (
  UPDATE jobforge_epochs SET state = 'dead', hungry = false WHERE id = ANY ($1::bigint[]) AND state = 'open' AND expires_at < $2 RETURNING id
)
UPDATE jobforge_epochs SET state = 'dead' WHERE state = 'closed' AND holder IN (SELECT id FROM dead)
