-- ?1: job, ?2: now. Gives the missing epoch a row again, as one that has died: whoever lives inherits it then, with all that it owns.
INSERT INTO jobforge_epochs (id, holder, worker, opened_at, expires_at, state)
SELECT owner_epoch, owner_epoch, 'unknown', ?2, ?2, 'dead' FROM jobforge_jobs WHERE id = ?1 AND owner_epoch IS NOT NULL
ON CONFLICT DO UPDATE SET state = 'dead', holder = excluded.holder WHERE jobforge_epochs.state = 'recovered'
