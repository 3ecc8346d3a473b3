-- Events, audit, the registry, and the rows of the embedded engine. Times are kept in milliseconds; JSON stays as it was written.

-- By day of receipt, so that old days go as a whole.
CREATE TABLE jobforge_events (
  id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  processed_at timestamptz,
  processing_job_id uuid,
  contains_pii boolean NOT NULL,
  processed boolean NOT NULL DEFAULT false,
  tenant_id text NOT NULL CHECK (tenant_id <> ''),
  project_id text,
  event_version text NOT NULL,
  event_type text NOT NULL,
  trace_id text NOT NULL,
  actor_id text,
  source_app text NOT NULL,
  source_module text,
  subject_type text,
  subject_id text,
  redaction_hints json,
  payload json NOT NULL,
  PRIMARY KEY (id, received_at)
) PARTITION BY RANGE (received_at);

CREATE TABLE jobforge_events_default PARTITION OF jobforge_events DEFAULT;

CREATE INDEX jobforge_events_tenant ON jobforge_events (tenant_id, occurred_at, id);

-- The hash is over (tenant, idempotency key), or over (tenant, digest) for an event that is unique by its content. A partitioned table could not hold
-- such a key; sixteen bytes as uuid are narrower in the index than bytea.
CREATE TABLE jobforge_event_keys (
  hash uuid NOT NULL PRIMARY KEY,
  event_id uuid NOT NULL,
  content_hash uuid NOT NULL
);

-- The time in a UUIDv7, which our own ids are; null for any other id. Look-ups by id read one day's partition by it.
CREATE FUNCTION jobforge_id_time(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN substr(id::text, 15, 1) = '7'
    THEN to_timestamp(('x0000' || substr(id::text, 1, 8) || substr(id::text, 10, 4))::bit(64)::bigint / 1000.0)
  END
$$;

CREATE TABLE jobforge_audit_logs (
  id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  event_id uuid,
  job_id uuid,
  allowed boolean NOT NULL,
  tenant_id text,
  project_id text,
  action text NOT NULL,
  code text,
  reason text,
  actor_id text,
  key_id text,
  correlation_id text,
  trace_id text,
  template_key text,
  policy_token_id text,
  scopes_granted json,
  details json,
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);

CREATE TABLE jobforge_audit_logs_default PARTITION OF jobforge_audit_logs DEFAULT;

CREATE INDEX jobforge_audit_logs_tenant ON jobforge_audit_logs (tenant_id, id);

CREATE TABLE jobforge_job_templates (
  id text NOT NULL DEFAULT gen_random_uuid()::text,
  template_key text NOT NULL PRIMARY KEY CHECK (template_key <> ''),
  name text NOT NULL,
  description text,
  category text NOT NULL DEFAULT 'core',
  version text NOT NULL DEFAULT '1.0.0',
  input_schema json NOT NULL DEFAULT '{}',
  output_schema json NOT NULL DEFAULT '{}',
  required_scopes json NOT NULL DEFAULT '[]' CHECK (json_typeof(required_scopes) = 'array'),
  required_connectors json NOT NULL DEFAULT '[]' CHECK (json_typeof(required_connectors) = 'array'),
  estimated_cost_tier text NOT NULL DEFAULT 'low' CHECK (estimated_cost_tier IN ('low', 'medium', 'high')),
  default_max_attempts integer NOT NULL DEFAULT 3 CHECK (default_max_attempts BETWEEN 1 AND 10),
  default_timeout_ms integer NOT NULL DEFAULT 300000 CHECK (default_timeout_ms > 0),
  is_action_job boolean NOT NULL DEFAULT false,
  enabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
  updated_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now())
);

CREATE TABLE jobforge_tenants (
  tenant_id text NOT NULL PRIMARY KEY CHECK (tenant_id ~ '^[A-Za-z0-9._:-]{1,128}$'),
  name text NOT NULL,
  requests_per_minute integer NOT NULL DEFAULT 600000 CHECK (requests_per_minute >= 0),
  max_queued_jobs integer NOT NULL DEFAULT 1000000 CHECK (max_queued_jobs >= 0),
  created_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now())
);

-- A null tenant means the cluster.
CREATE TABLE jobforge_flags (
  tenant_id text CHECK (tenant_id ~ '^[A-Za-z0-9._:-]{1,128}$'),
  flag text NOT NULL,
  value boolean NOT NULL
);

CREATE UNIQUE INDEX jobforge_flags_scope ON jobforge_flags (coalesce(tenant_id, ''), flag);

CREATE TABLE jobforge_tenant_templates (
  tenant_id text NOT NULL CHECK (tenant_id ~ '^[A-Za-z0-9._:-]{1,128}$'),
  template_key text NOT NULL,
  enabled boolean NOT NULL,
  PRIMARY KEY (tenant_id, template_key)
);

CREATE TABLE jobforge_api_keys (
  key_id text NOT NULL PRIMARY KEY,
  tenant_id text,
  role text NOT NULL CHECK (role IN ('app', 'tenant_admin', 'operator', 'worker')),
  name text NOT NULL,
  key_hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  last_used_at timestamptz
);

CREATE INDEX jobforge_api_keys_tenant ON jobforge_api_keys (tenant_id, key_id);

CREATE TABLE jobforge_triggers (
  id text NOT NULL PRIMARY KEY DEFAULT gen_random_uuid()::text,
  tenant_id text NOT NULL CHECK (tenant_id <> ''),
  project_id text,
  trigger_type text NOT NULL CHECK (trigger_type IN ('cron', 'event')),
  name text NOT NULL,
  cron_expression text,
  time_zone text NOT NULL DEFAULT 'UTC',
  event_type_filter text,
  event_source_filter text,
  event_filter json,
  target_template_key text NOT NULL,
  target_inputs json NOT NULL DEFAULT '{}',
  enabled boolean NOT NULL DEFAULT false,
  dry_run boolean NOT NULL DEFAULT false,
  misfire text NOT NULL DEFAULT 'one' CHECK (misfire IN ('skip', 'one', 'all')),
  overlap text NOT NULL DEFAULT 'skip' CHECK (overlap IN ('skip', 'queue', 'allow')),
  jitter_seconds integer NOT NULL DEFAULT 0 CHECK (jitter_seconds >= 0),
  cooldown_seconds integer NOT NULL DEFAULT 0 CHECK (cooldown_seconds >= 0),
  max_runs_per_hour integer CHECK (max_runs_per_hour > 0),
  last_fired_at timestamptz,
  next_fire_at timestamptz,
  fire_count bigint NOT NULL DEFAULT 0,
  last_job_id uuid,
  state text NOT NULL DEFAULT 'new',
  state_reason text,
  created_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
  updated_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now())
);

CREATE INDEX jobforge_triggers_tenant ON jobforge_triggers (tenant_id, trigger_type);

CREATE TABLE jobforge_reminders (
  grain_id text NOT NULL,
  name text NOT NULL,
  start_at timestamptz NOT NULL,
  period_ms bigint NOT NULL,
  etag text NOT NULL,
  PRIMARY KEY (grain_id, name)
);

CREATE TABLE jobforge_grain_state (
  state_name text NOT NULL,
  grain_id text NOT NULL,
  payload bytea,
  etag text NOT NULL,
  PRIMARY KEY (state_name, grain_id)
);

-- Moved by the triggers below, so that a change by whichever hand is noticed, within a moment by those who listen.
CREATE TABLE jobforge_registry_version (
  one integer NOT NULL PRIMARY KEY CHECK (one = 1),
  version bigint NOT NULL
);

INSERT INTO jobforge_registry_version (one, version) VALUES (1, 1);

-- Once a statement, and only for one that changed rows: a seeding that finds everything there is no change.
CREATE FUNCTION jobforge_registry_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'TRUNCATE' THEN
    IF NOT EXISTS (SELECT FROM changed) THEN
      RETURN NULL;
    END IF;
  END IF;
  UPDATE jobforge_registry_version SET version = version + 1;
  PERFORM pg_notify('jobforge', 'registry');
  RETURN NULL;
END
$$;

DO $$
DECLARE
  registry text;
BEGIN
  FOREACH registry IN ARRAY ARRAY['jobforge_job_templates', 'jobforge_tenants', 'jobforge_flags', 'jobforge_tenant_templates'] LOOP
    EXECUTE format(
      'CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION jobforge_registry_changed()',
      registry || '_insert', registry);
    EXECUTE format(
      'CREATE TRIGGER %I AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION jobforge_registry_changed()',
      registry || '_update', registry);
    EXECUTE format(
      'CREATE TRIGGER %I AFTER DELETE ON %I REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION jobforge_registry_changed()',
      registry || '_delete', registry);
    EXECUTE format(
      'CREATE TRIGGER %I AFTER TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION jobforge_registry_changed()', registry || '_truncate', registry);
  END LOOP;
END
$$;

-- Drops the daily partitions that end before a day (UTC) begins, and the older rows of the default partition, up to a number. Answers what went: partitions,
-- and rows of the default partition. A partition goes with an exclusive lock on its parent, which holds up everybody from the moment that it is
-- asked for: who does not have it at once fails, and comes again later.
CREATE FUNCTION jobforge_drop_partitions(parent text, before_day date, at_most integer, OUT partitions integer, OUT rows integer) LANGUAGE plpgsql
SET lock_timeout = '500ms' AS $$
DECLARE
  key text := (
    SELECT attname FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid AND attnum = partattrs[0] WHERE partrelid = parent::regclass);
  part text;
BEGIN
  PERFORM pg_advisory_xact_lock(5353172786000000000);
  partitions := 0;
  FOR part IN
    SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = parent::regclass AND relname ~ ('^' || parent || '_[0-9]{8}$') AND right(relname, 8) < to_char(before_day, 'YYYYMMDD')
    ORDER BY relname
  LOOP
    EXECUTE format('DROP TABLE %I', part);
    partitions := partitions + 1;
  END LOOP;
  EXECUTE format(
    'DELETE FROM %I WHERE ctid = ANY (ARRAY(SELECT ctid FROM %I WHERE %I < %L LIMIT %s))',
    parent || '_default', parent || '_default', key, before_day || ' 00:00:00+00', at_most);
  GET DIAGNOSTICS rows = ROW_COUNT;
END
$$;
