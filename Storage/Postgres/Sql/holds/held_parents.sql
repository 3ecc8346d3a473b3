-- $1: behind this id, $2: limit.
SELECT id FROM jobforge_jobs WHERE hold = 'children' AND id > $1 ORDER BY id LIMIT $2
