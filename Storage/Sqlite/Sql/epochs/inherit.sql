-- From nobody who lives, to an heir who does.
UPDATE jobforge_epochs SET holder = :heir
WHERE id = :id AND state IN ('closed', 'dead')
  AND holder NOT IN (SELECT id FROM jobforge_epochs AS holding WHERE holding.state = 'open')
  AND (SELECT state FROM jobforge_epochs AS heir WHERE heir.id = :heir) = 'open'
