-- $1: a job that another process may have in its memory.
SELECT pg_notify('jobforge', 'job:' || $1::uuid)::text
