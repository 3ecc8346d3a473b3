-- ?1: hash.
DELETE FROM jobforge_event_keys AS one
WHERE one.hash = ?1
  AND (SELECT event.id FROM jobforge_events AS event WHERE event.id = one.event_id) IS NULL
