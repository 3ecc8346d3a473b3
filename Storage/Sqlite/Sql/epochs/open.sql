INSERT INTO jobforge_epochs (worker, opened_at, expires_at) VALUES (:worker, :opened_at, :expires_at) RETURNING id
