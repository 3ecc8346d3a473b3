UPDATE jobforge_epochs SET state = 'dead' WHERE state = 'open' AND expires_at < :now RETURNING id
