-- The number of the newest migration.
SELECT coalesce(max(number), 0) FROM jobforge_migrations
