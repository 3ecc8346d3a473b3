-- $1: no lease is that long.
SELECT NULL::text, id::text, 'the lease of ' || worker || ' ends ' || expires_at::text FROM jobforge_epochs WHERE state = 'open' AND expires_at > $1
