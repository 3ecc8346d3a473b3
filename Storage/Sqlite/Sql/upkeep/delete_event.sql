DELETE FROM jobforge_events WHERE rowid = :row
