-- ?1, ?2: behind this hash, up to that one; ?3: events with lesser ids may have been forgotten.
SELECT NULL, one.hash, 'leads to event ' || lower(hex(one.event_id)) || ', which does not exist'
FROM jobforge_event_keys AS one
WHERE one.hash > ?1 AND one.hash <= ?2 AND one.event_id >= ?3
  AND (SELECT event.id FROM jobforge_events AS event WHERE event.id = one.event_id) IS NULL
