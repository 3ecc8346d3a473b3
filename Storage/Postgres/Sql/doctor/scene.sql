-- $1: now. The store's own clock, and the processes that live by that of the one who asks.
SELECT clock_timestamp(), epoch.id, epoch.worker
FROM (SELECT 1) AS here LEFT JOIN jobforge_epochs AS epoch ON epoch.state = 'open' AND epoch.expires_at >= $1
