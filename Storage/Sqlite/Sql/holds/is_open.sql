SELECT 1 FROM jobforge_epochs WHERE id = :epoch AND state = 'open'
