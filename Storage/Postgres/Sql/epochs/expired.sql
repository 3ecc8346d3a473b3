-- $1: now.
SELECT id FROM jobforge_epochs WHERE state = 'open' AND expires_at < $1 ORDER BY id
