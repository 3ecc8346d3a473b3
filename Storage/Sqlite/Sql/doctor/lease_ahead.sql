-- ?1: no lease is that long.
SELECT NULL, id, 'the lease of ' || worker || ' ends ' || datetime(expires_at / 1000, 'unixepoch') FROM jobforge_epochs WHERE state = 'open' AND expires_at > ?1
