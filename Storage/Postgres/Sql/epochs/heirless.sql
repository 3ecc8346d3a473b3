SELECT id FROM jobforge_epochs
WHERE state IN ('closed', 'dead') AND holder NOT IN (SELECT id FROM jobforge_epochs AS holding WHERE holding.state = 'open')
ORDER BY id
