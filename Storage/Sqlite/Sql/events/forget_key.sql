-- A key whose event is past its retention is free again.
DELETE FROM jobforge_event_keys WHERE hash = :hash AND event_id = :event_id
