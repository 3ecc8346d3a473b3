UPDATE jobforge_epochs SET expires_at = :expires_at WHERE id = :id AND state = 'open'
