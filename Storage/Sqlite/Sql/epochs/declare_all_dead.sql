-- At the start of an embedded store only: its process lock proves that no earlier process lives. What a dead one held may have been started by it.
UPDATE jobforge_epochs SET state = 'dead'
WHERE state = 'open'
  OR (state = 'closed' AND holder IN (SELECT id FROM jobforge_epochs AS holding WHERE holding.state = 'open'))
