-- The queue, its history, and the epochs that own it. Times are kept in milliseconds. Wide fixed columns come first, so that no byte is lost to alignment.

-- One life of one process. Its number is the owner in the rows of what it admitted or took; holder is itself, and an heir's number after its end.
-- open -> closed (in order) or dead (lease ran out, or its holder died); an ended epoch that owns nothing any more is deleted.
CREATE SEQUENCE jobforge_epoch_numbers;

CREATE TABLE jobforge_epochs (
  id bigint NOT NULL PRIMARY KEY,
  holder bigint NOT NULL,
  opened_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  hungry boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'dead')),
  worker text NOT NULL,
  CHECK (state <> 'open' OR holder = id)
) WITH (fillfactor = 50);

-- The number under which an epoch is locked (pg_advisory_xact_lock). Whoever writes under an epoch shares its lock until the commit; whoever ends or
-- inherits it takes it alone. A row lock (FOR SHARE) would exclude the two just as well, but it would write the epoch's row at every batch, and a stream of
-- overlapping share locks keeps an UPDATE of that row, such as the lease's renewal, waiting for ever. The lock queue is fair, and writes nothing.
CREATE FUNCTION jobforge_epoch_lock(epoch bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (1246130688::bigint << 32) | epoch $$;

-- Shares the epoch's lock until the end of the transaction, then says whether that holder holds it; true for no epoch. VOLATILE, so that the look at the
-- row has a snapshot of its own, taken after the lock: what was ended before is seen, and nothing ends it until the commit.
CREATE FUNCTION jobforge_hold(epoch bigint, by_holder bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF epoch IS NULL THEN
    RETURN true;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(jobforge_epoch_lock(epoch));
  RETURN EXISTS (SELECT FROM jobforge_epochs WHERE id = epoch AND holder = by_holder);
END
$$;

-- The same, and whether it is open: only an open epoch may come to own anything.
CREATE FUNCTION jobforge_hold_open(epoch bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(jobforge_epoch_lock(epoch));
  RETURN EXISTS (SELECT FROM jobforge_epochs WHERE id = epoch AND state = 'open');
END
$$;

CREATE TABLE jobforge_jobs (
  id uuid NOT NULL PRIMARY KEY,
  owner_epoch bigint,
  fair_tag double precision NOT NULL,
  run_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  wait_until timestamptz,
  started_at timestamptz,
  cancel_requested_at timestamptz,
  attempts integer NOT NULL,
  max_attempts integer NOT NULL,
  timeout_ms integer NOT NULL,
  priority integer NOT NULL,
  write_start_first boolean NOT NULL,
  event_id uuid,
  parent_run_id uuid,
  retry_of uuid,
  tenant_id text COLLATE "C" NOT NULL CHECK (tenant_id <> ''),
  project_id text,
  template_key text NOT NULL,
  template_version text NOT NULL,
  status text NOT NULL CHECK (status IN ('queued', 'running')),
  status_reason text,
  inputs_digest text NOT NULL,
  trace_id text NOT NULL,
  actor_id text,
  idempotency_key text,
  trigger_id text,
  policy_token_id text,
  progress json,
  inputs json NOT NULL,
  CHECK (attempts BETWEEN 0 AND max_attempts),
  CHECK (wait_until IS NULL OR (status = 'queued' AND owner_epoch IS NULL)),
  CHECK (status = 'queued' OR owner_epoch IS NOT NULL)
) WITH (
  -- Every job that ends leaves a dead row. With the usual settings the table grows to gigabytes under load, and every page of the queue has to pass over
  -- them. It is never made smaller on disk: that would lock out the writers.
  autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000, vacuum_truncate = false);

-- The queue in fair order, of each owner and of nobody (null).
CREATE INDEX jobforge_jobs_queue ON jobforge_jobs (owner_epoch, fair_tag, id) WHERE status = 'queued' AND wait_until IS NULL;

CREATE INDEX jobforge_jobs_waiting ON jobforge_jobs (wait_until) WHERE wait_until IS NOT NULL;

CREATE INDEX jobforge_jobs_running ON jobforge_jobs (owner_epoch) WHERE status = 'running';

CREATE INDEX jobforge_jobs_cancel ON jobforge_jobs (owner_epoch) WHERE cancel_requested_at IS NOT NULL;

CREATE INDEX jobforge_jobs_tenant ON jobforge_jobs (tenant_id, id);

-- History: append-only, by day. Its one wide index serves look-up and listing, since every reader names the tenant; the partial one finds failures.
CREATE TABLE jobforge_finished_jobs (
  id uuid NOT NULL,
  run_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz NOT NULL,
  attempts integer NOT NULL,
  max_attempts integer NOT NULL,
  timeout_ms integer NOT NULL,
  priority integer NOT NULL,
  event_id uuid,
  parent_run_id uuid,
  retry_of uuid,
  tenant_id text COLLATE "C" NOT NULL CHECK (tenant_id <> ''),
  project_id text,
  template_key text NOT NULL,
  template_version text NOT NULL,
  status text NOT NULL CHECK (status IN ('succeeded', 'failed', 'canceled')),
  status_reason text,
  inputs_digest text NOT NULL,
  trace_id text NOT NULL,
  actor_id text,
  idempotency_key text,
  trigger_id text,
  policy_token_id text,
  worker text,
  progress json,
  inputs json NOT NULL,
  result json,
  error json,
  manifest json NOT NULL,
  CHECK (attempts BETWEEN 0 AND max_attempts)
) PARTITION BY RANGE (finished_at);

CREATE TABLE jobforge_finished_jobs_default PARTITION OF jobforge_finished_jobs DEFAULT;

CREATE INDEX jobforge_finished_jobs_tenant ON jobforge_finished_jobs (tenant_id, id);

CREATE INDEX jobforge_finished_jobs_failed ON jobforge_finished_jobs (tenant_id, id) WHERE status = 'failed';

-- Hot and finished rows as one, in the column order that the code reads. Like every view here it reads with the rights of who asks.
CREATE VIEW jobforge_all_jobs WITH (security_invoker = true) AS
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at,
  (SELECT holder FROM jobforge_epochs AS epoch WHERE epoch.id = owner_epoch) AS holder_epoch,
  NULL::json AS result, NULL::json AS error, NULL::timestamptz AS finished_at
FROM jobforge_jobs
UNION ALL
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  NULL, 0, NULL, false, NULL, NULL, result, error, finished_at
FROM jobforge_finished_jobs;

CREATE VIEW jobforge_artifact_manifests WITH (security_invoker = true) AS
SELECT id AS run_id, tenant_id, project_id, template_key AS job_type, manifest ->> 'status' AS status, manifest, finished_at AS created_at
FROM jobforge_finished_jobs;

-- Attempts that ended in another queueing. The last attempt stands in the job's own row. A number may repeat: an attempt that was given back (drain) does
-- not count.
CREATE TABLE jobforge_job_attempts (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id uuid NOT NULL,
  tenant_id text COLLATE "C" NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  worker text,
  outcome text NOT NULL,
  error json
);

CREATE INDEX jobforge_job_attempts_job ON jobforge_job_attempts (job_id);

CREATE TABLE jobforge_run_logs (
  job_id uuid NOT NULL,
  sequence bigint NOT NULL,
  at timestamptz NOT NULL,
  attempt integer NOT NULL,
  tenant_id text COLLATE "C" NOT NULL,
  level text NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (job_id, sequence)
);

-- A key outlives the job's move to history, so it has its own table. Hashes over (tenant, template, key) and over the digest of the inputs; 16 bytes each, as
-- uuid, which is a quarter narrower in the index than bytea. They scatter over the whole tree, so every byte of width costs pages.
CREATE TABLE jobforge_idempotency_keys (
  hash uuid NOT NULL PRIMARY KEY,
  job_id uuid NOT NULL,
  inputs_hash uuid NOT NULL
);

CREATE TABLE jobforge_tokens (
  tenant_id text COLLATE "C" NOT NULL,
  token_id text NOT NULL,
  digest text,
  job_id uuid,
  burnt_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, token_id),
  CHECK (burnt_at IS NOT NULL OR revoked_at IS NOT NULL)
);

-- Makes the daily partitions (UTC) of a table from one day to another, both included, and answers how many it made. Rows that went to the default partition
-- meanwhile are moved. The new table is attached, which locks out nobody but users of the default partition.
CREATE FUNCTION jobforge_ensure_partitions(parent text, from_day date, to_day date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  key text := (
    SELECT attname FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid AND attnum = partattrs[0] WHERE partrelid = parent::regclass);
  made integer := 0;
  day date;
  part text;
  bounds text;
BEGIN
  -- Two processes may start at once.
  PERFORM pg_advisory_xact_lock(1246130689::bigint << 32);
  FOR day IN SELECT generate_series(from_day, to_day, '1 day')::date LOOP
    part := parent || '_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(part) IS NOT NULL;
    bounds := format('FROM (%L) TO (%L)', day || ' 00:00:00+00', (day + 1) || ' 00:00:00+00');
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, parent);
    EXECUTE format(
      'WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
      parent || '_default', key, day || ' 00:00:00+00', key, (day + 1) || ' 00:00:00+00', part);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES %s', parent, part, bounds);
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;
