SELECT dead.worker FROM jobforge_epochs AS dead JOIN jobforge_epochs AS taker
WHERE dead.id = :dead_epoch AND dead.state = 'dead' AND taker.id = :epoch AND taker.state = 'open'
