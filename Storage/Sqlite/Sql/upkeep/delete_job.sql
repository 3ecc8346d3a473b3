DELETE FROM jobforge_finished_jobs WHERE rowid = :row
