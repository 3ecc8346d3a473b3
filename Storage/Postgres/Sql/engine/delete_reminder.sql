-- True when it is gone: deleted here, or not there at all.
WITH deleted AS (DELETE FROM jobforge_reminders WHERE grain_id = $1 AND name = $2 AND etag = $3 RETURNING 1)
SELECT EXISTS (SELECT FROM deleted) OR NOT EXISTS (SELECT FROM jobforge_reminders WHERE grain_id = $1 AND name = $2)
