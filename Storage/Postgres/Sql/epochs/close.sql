-- $1: epoch. Waits for an heir; epochs/forget_empty takes it away at once when it owns nothing.
UPDATE jobforge_epochs SET state = 'closed', hungry = false WHERE id = $1 AND state = 'open'
