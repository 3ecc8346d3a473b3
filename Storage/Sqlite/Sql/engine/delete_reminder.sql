DELETE FROM jobforge_reminders WHERE grain_id = :grain_id AND name = :name AND etag = :etag
