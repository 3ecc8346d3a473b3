-- $1: epoch.
SELECT 1 WHERE jobforge_hold_open($1)
