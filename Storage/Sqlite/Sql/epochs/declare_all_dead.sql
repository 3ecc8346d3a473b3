-- At the start of an embedded store only: its process lock proves that no earlier process lives.
UPDATE jobforge_epochs SET state = 'dead' WHERE state = 'open'
