-- Second half of a finish, in the same transaction: jobs/finish has checked the fence.
DELETE FROM jobforge_jobs WHERE id = :id
