-- $1, $2: behind this hash, up to that one; $3: events with lesser ids may have been forgotten.
SELECT NULL::text, key.hash::text, 'leads to event ' || key.event_id::text || ', which does not exist'
FROM jobforge_event_keys AS key
WHERE key.hash > $1 AND key.hash <= $2 AND key.event_id >= $3
  AND (SELECT event.id FROM jobforge_events AS event
    WHERE event.id = key.event_id AND event.received_at >= coalesce(jobforge_id_time(key.event_id) - interval '1 day', '-infinity')
      AND event.received_at < coalesce(jobforge_id_time(key.event_id) + interval '1 day', 'infinity')
    ORDER BY event.id, event.received_at LIMIT 1) IS NULL
