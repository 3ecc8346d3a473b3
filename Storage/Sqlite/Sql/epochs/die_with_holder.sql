-- What a dead process had inherited may have been started by it too.
UPDATE jobforge_epochs SET state = 'dead' WHERE state = 'closed' AND holder = :holder
