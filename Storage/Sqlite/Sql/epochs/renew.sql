UPDATE jobforge_epochs SET expires_at = :expires_at, hungry = :hungry WHERE id = :id AND state = 'open'
