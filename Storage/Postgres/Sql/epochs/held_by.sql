-- $1: epoch, $2: heir. The worker of an ended epoch that the heir holds, the heir being open.
SELECT worker FROM jobforge_epochs WHERE id = $1 AND holder = $2 AND state IN ('closed', 'dead') AND (SELECT jobforge_hold_open($2))
