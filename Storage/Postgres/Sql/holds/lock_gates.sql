-- $1: tenant. Openings of a tenant's gates come one after another, in whichever process, until the commit.
SELECT pg_advisory_xact_lock(hashtextextended('jobforge gates ' || $1, 0))
