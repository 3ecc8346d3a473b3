-- Keys whose event is past its retention are free again.
DELETE FROM jobforge_event_keys AS key USING unnest($1::uuid[], $2::uuid[]) AS gone (hash, event_id) WHERE key.hash = gone.hash AND key.event_id = gone.event_id
