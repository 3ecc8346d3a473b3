SELECT epoch.worker FROM jobforge_epochs AS epoch JOIN jobforge_epochs AS heir ON heir.id = epoch.holder
WHERE epoch.id = :id AND epoch.holder = :heir AND epoch.state IN ('closed', 'dead') AND heir.state = 'open'
