SELECT 1 FROM jobforge_reminders WHERE grain_id = :grain_id AND name = :name
