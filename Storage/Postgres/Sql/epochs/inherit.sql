-- $1: epoch, $2: heir. From nobody who lives, to an heir who does.
UPDATE jobforge_epochs SET holder = $2
WHERE id = $1 AND state IN ('closed', 'dead')
  AND holder NOT IN (SELECT id FROM jobforge_epochs AS holding WHERE holding.state = 'open')
  AND (SELECT jobforge_hold_open($2))
