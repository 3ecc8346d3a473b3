CREATE FUNCTION public.jobforge_drop_partitions(parent text, before_day date, at_most integer, OUT partitions integer, OUT rows integer) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET lock_timeout TO '500ms'
    SET search_path TO 'public', 'pg_temp'
    AS $_$
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
$_$;

CREATE FUNCTION public.jobforge_ensure_partitions(parent text, from_day date, to_day date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.jobforge_epoch_lock(epoch bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT (1246130688::bigint << 32) | epoch $$;

CREATE FUNCTION public.jobforge_hold(epoch bigint, by_holder bigint) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF epoch IS NULL THEN
    RETURN true;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(jobforge_epoch_lock(epoch));
  RETURN EXISTS (SELECT FROM jobforge_epochs WHERE id = epoch AND holder = by_holder);
END
$$;

CREATE FUNCTION public.jobforge_hold_open(epoch bigint) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(jobforge_epoch_lock(epoch));
  RETURN EXISTS (SELECT FROM jobforge_epochs WHERE id = epoch AND state = 'open');
END
$$;

CREATE FUNCTION public.jobforge_id_time(id uuid) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  SELECT CASE WHEN substr(id::text, 15, 1) = '7'
    THEN to_timestamp(('x0000' || substr(id::text, 1, 8) || substr(id::text, 10, 4))::bit(64)::bigint / 1000.0)
  END
$$;

CREATE FUNCTION public.jobforge_registry_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE TABLE public.jobforge_epochs (
    id bigint NOT NULL,
    holder bigint NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    hungry boolean DEFAULT false NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    worker text NOT NULL,
    CONSTRAINT jobforge_epochs_check CHECK (((state <> 'open'::text) OR (holder = id))),
    CONSTRAINT jobforge_epochs_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text, 'dead'::text])))
)
WITH (fillfactor='50');

CREATE TABLE public.jobforge_finished_jobs (
    id uuid NOT NULL,
    run_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    max_attempts integer NOT NULL,
    timeout_ms integer NOT NULL,
    priority integer NOT NULL,
    event_id uuid,
    parent_run_id uuid,
    retry_of uuid,
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    project_id text,
    template_key text NOT NULL,
    template_version text NOT NULL,
    status text NOT NULL,
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
    manifest text NOT NULL,
    options json,
    CONSTRAINT jobforge_finished_jobs_check CHECK (((attempts >= 0) AND (attempts <= max_attempts))),
    CONSTRAINT jobforge_finished_jobs_status_check CHECK ((status = ANY (ARRAY['succeeded'::text, 'failed'::text, 'canceled'::text]))),
    CONSTRAINT jobforge_finished_jobs_tenant_id_check CHECK ((tenant_id <> ''::text))
)
PARTITION BY RANGE (finished_at);

CREATE TABLE public.jobforge_jobs (
    id uuid NOT NULL,
    owner_epoch bigint,
    fair_tag double precision NOT NULL,
    run_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    wait_until timestamp with time zone,
    started_at timestamp with time zone,
    cancel_requested_at timestamp with time zone,
    attempts integer NOT NULL,
    max_attempts integer NOT NULL,
    timeout_ms integer NOT NULL,
    priority integer NOT NULL,
    write_start_first boolean NOT NULL,
    event_id uuid,
    parent_run_id uuid,
    retry_of uuid,
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    project_id text,
    template_key text NOT NULL,
    template_version text NOT NULL,
    status text NOT NULL,
    status_reason text,
    inputs_digest text NOT NULL,
    trace_id text NOT NULL,
    actor_id text,
    idempotency_key text,
    trigger_id text,
    policy_token_id text,
    progress json,
    inputs json NOT NULL,
    options json,
    expires_at timestamp with time zone,
    deadline_at timestamp with time zone,
    hold text,
    gate_key text COLLATE pg_catalog."C",
    handler_state json,
    CONSTRAINT jobforge_jobs_check CHECK (((attempts >= 0) AND (attempts <= max_attempts))),
    CONSTRAINT jobforge_jobs_check1 CHECK (((wait_until IS NULL) OR ((status = 'queued'::text) AND (owner_epoch IS NULL)))),
    CONSTRAINT jobforge_jobs_check2 CHECK (((status = 'queued'::text) OR (owner_epoch IS NOT NULL))),
    CONSTRAINT jobforge_jobs_check3 CHECK (((hold IS NULL) OR ((status = 'queued'::text) AND (owner_epoch IS NULL) AND (wait_until IS NULL)))),
    CONSTRAINT jobforge_jobs_check4 CHECK (((hold IS DISTINCT FROM 'limit'::text) OR (gate_key IS NOT NULL))),
    CONSTRAINT jobforge_jobs_hold_check CHECK ((hold = ANY (ARRAY['paused'::text, 'limit'::text, 'children'::text]))),
    CONSTRAINT jobforge_jobs_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text]))),
    CONSTRAINT jobforge_jobs_tenant_id_check CHECK ((tenant_id <> ''::text))
)
WITH (autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='50000', vacuum_truncate='false');

CREATE VIEW public.jobforge_all_jobs WITH (security_invoker='true') AS
 SELECT jobforge_jobs.id,
    jobforge_jobs.tenant_id,
    jobforge_jobs.project_id,
    jobforge_jobs.template_key,
    jobforge_jobs.template_version,
    jobforge_jobs.inputs,
    jobforge_jobs.inputs_digest,
    jobforge_jobs.status,
    jobforge_jobs.status_reason,
    jobforge_jobs.attempts,
    jobforge_jobs.max_attempts,
    jobforge_jobs.timeout_ms,
    jobforge_jobs.priority,
    jobforge_jobs.run_at,
    jobforge_jobs.trace_id,
    jobforge_jobs.actor_id,
    jobforge_jobs.idempotency_key,
    jobforge_jobs.trigger_id,
    jobforge_jobs.event_id,
    jobforge_jobs.parent_run_id,
    jobforge_jobs.retry_of,
    jobforge_jobs.policy_token_id,
    jobforge_jobs.progress,
    jobforge_jobs.started_at,
    jobforge_jobs.created_at,
    jobforge_jobs.updated_at,
    jobforge_jobs.owner_epoch,
    jobforge_jobs.fair_tag,
    jobforge_jobs.wait_until,
    jobforge_jobs.write_start_first,
    jobforge_jobs.cancel_requested_at,
    ( SELECT epoch.holder
           FROM public.jobforge_epochs epoch
          WHERE (epoch.id = jobforge_jobs.owner_epoch)) AS holder_epoch,
    NULL::json AS result,
    NULL::json AS error,
    NULL::timestamp with time zone AS finished_at,
    jobforge_jobs.options,
    jobforge_jobs.expires_at,
    jobforge_jobs.deadline_at,
    jobforge_jobs.hold,
    jobforge_jobs.gate_key,
    jobforge_jobs.handler_state
   FROM public.jobforge_jobs
UNION ALL
 SELECT jobforge_finished_jobs.id,
    jobforge_finished_jobs.tenant_id,
    jobforge_finished_jobs.project_id,
    jobforge_finished_jobs.template_key,
    jobforge_finished_jobs.template_version,
    jobforge_finished_jobs.inputs,
    jobforge_finished_jobs.inputs_digest,
    jobforge_finished_jobs.status,
    jobforge_finished_jobs.status_reason,
    jobforge_finished_jobs.attempts,
    jobforge_finished_jobs.max_attempts,
    jobforge_finished_jobs.timeout_ms,
    jobforge_finished_jobs.priority,
    jobforge_finished_jobs.run_at,
    jobforge_finished_jobs.trace_id,
    jobforge_finished_jobs.actor_id,
    jobforge_finished_jobs.idempotency_key,
    jobforge_finished_jobs.trigger_id,
    jobforge_finished_jobs.event_id,
    jobforge_finished_jobs.parent_run_id,
    jobforge_finished_jobs.retry_of,
    jobforge_finished_jobs.policy_token_id,
    jobforge_finished_jobs.progress,
    jobforge_finished_jobs.started_at,
    jobforge_finished_jobs.created_at,
    jobforge_finished_jobs.updated_at,
    NULL::bigint AS owner_epoch,
    0 AS fair_tag,
    NULL::timestamp with time zone AS wait_until,
    false AS write_start_first,
    NULL::timestamp with time zone AS cancel_requested_at,
    NULL::bigint AS holder_epoch,
    jobforge_finished_jobs.result,
    jobforge_finished_jobs.error,
    jobforge_finished_jobs.finished_at,
    jobforge_finished_jobs.options,
    NULL::timestamp with time zone AS expires_at,
    NULL::timestamp with time zone AS deadline_at,
    NULL::text AS hold,
    NULL::text AS gate_key,
    NULL::json AS handler_state
   FROM public.jobforge_finished_jobs;

CREATE TABLE public.jobforge_api_keys (
    key_id text NOT NULL,
    tenant_id text,
    role text NOT NULL,
    name text NOT NULL,
    key_hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    CONSTRAINT jobforge_api_keys_role_check CHECK ((role = ANY (ARRAY['app'::text, 'tenant_admin'::text, 'operator'::text, 'worker'::text])))
);

CREATE VIEW public.jobforge_artifact_manifests WITH (security_invoker='true') AS
 SELECT jobforge_finished_jobs.id AS run_id,
    jobforge_finished_jobs.tenant_id,
    jobforge_finished_jobs.project_id,
    jobforge_finished_jobs.template_key AS job_type,
    ((jobforge_finished_jobs.manifest)::json ->> 'status'::text) AS status,
    (jobforge_finished_jobs.manifest)::json AS manifest,
    jobforge_finished_jobs.finished_at AS created_at
   FROM public.jobforge_finished_jobs;

CREATE TABLE public.jobforge_audit_logs (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
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
    details json
)
PARTITION BY RANGE (created_at);

CREATE TABLE public.jobforge_audit_logs_default (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
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
    details json
);

CREATE SEQUENCE public.jobforge_epoch_numbers
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.jobforge_event_keys (
    hash uuid NOT NULL,
    event_id uuid NOT NULL,
    content_hash uuid NOT NULL
);

CREATE TABLE public.jobforge_events (
    id uuid NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone,
    processing_job_id uuid,
    contains_pii boolean NOT NULL,
    processed boolean DEFAULT false NOT NULL,
    tenant_id text NOT NULL,
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
    CONSTRAINT jobforge_events_tenant_id_check CHECK ((tenant_id <> ''::text))
)
PARTITION BY RANGE (received_at);

CREATE TABLE public.jobforge_events_default (
    id uuid NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone,
    processing_job_id uuid,
    contains_pii boolean NOT NULL,
    processed boolean DEFAULT false NOT NULL,
    tenant_id text NOT NULL,
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
    CONSTRAINT jobforge_events_tenant_id_check CHECK ((tenant_id <> ''::text))
);

CREATE TABLE public.jobforge_finished_jobs_default (
    id uuid NOT NULL,
    run_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    max_attempts integer NOT NULL,
    timeout_ms integer NOT NULL,
    priority integer NOT NULL,
    event_id uuid,
    parent_run_id uuid,
    retry_of uuid,
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    project_id text,
    template_key text NOT NULL,
    template_version text NOT NULL,
    status text NOT NULL,
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
    manifest text NOT NULL,
    options json,
    CONSTRAINT jobforge_finished_jobs_check CHECK (((attempts >= 0) AND (attempts <= max_attempts))),
    CONSTRAINT jobforge_finished_jobs_status_check CHECK ((status = ANY (ARRAY['succeeded'::text, 'failed'::text, 'canceled'::text]))),
    CONSTRAINT jobforge_finished_jobs_tenant_id_check CHECK ((tenant_id <> ''::text))
);

CREATE TABLE public.jobforge_flags (
    tenant_id text,
    flag text NOT NULL,
    value boolean NOT NULL,
    CONSTRAINT jobforge_flags_tenant_id_check CHECK ((tenant_id ~ '^[A-Za-z0-9._:-]{1,128}$'::text))
);

CREATE TABLE public.jobforge_gates (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    gate_key text NOT NULL COLLATE pg_catalog."C",
    tokens double precision NOT NULL,
    refilled_at timestamp with time zone NOT NULL
);

CREATE TABLE public.jobforge_grain_state (
    state_name text NOT NULL,
    grain_id text NOT NULL,
    payload bytea,
    etag text NOT NULL
);

CREATE TABLE public.jobforge_idempotency_keys (
    hash uuid NOT NULL,
    job_id uuid NOT NULL,
    inputs_hash uuid NOT NULL
);

CREATE TABLE public.jobforge_job_attempts (
    seq bigint NOT NULL,
    job_id uuid NOT NULL,
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    number integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    worker text,
    outcome text NOT NULL,
    error json,
    CONSTRAINT jobforge_job_attempts_number_check CHECK ((number > 0))
);

ALTER TABLE public.jobforge_job_attempts ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.jobforge_job_attempts_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.jobforge_job_templates (
    id text DEFAULT (gen_random_uuid())::text NOT NULL,
    template_key text NOT NULL,
    name text NOT NULL,
    description text,
    category text DEFAULT 'core'::text NOT NULL,
    version text DEFAULT '1.0.0'::text NOT NULL,
    input_schema json DEFAULT '{}'::json NOT NULL,
    output_schema json DEFAULT '{}'::json NOT NULL,
    required_scopes json DEFAULT '[]'::json NOT NULL,
    required_connectors json DEFAULT '[]'::json NOT NULL,
    estimated_cost_tier text DEFAULT 'low'::text NOT NULL,
    default_max_attempts integer DEFAULT 3 NOT NULL,
    default_timeout_ms integer DEFAULT 300000 NOT NULL,
    is_action_job boolean DEFAULT false NOT NULL,
    enabled boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT date_trunc('milliseconds'::text, now()) NOT NULL,
    updated_at timestamp with time zone DEFAULT date_trunc('milliseconds'::text, now()) NOT NULL,
    CONSTRAINT jobforge_job_templates_default_max_attempts_check CHECK (((default_max_attempts >= 1) AND (default_max_attempts <= 10))),
    CONSTRAINT jobforge_job_templates_default_timeout_ms_check CHECK ((default_timeout_ms > 0)),
    CONSTRAINT jobforge_job_templates_estimated_cost_tier_check CHECK ((estimated_cost_tier = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
    CONSTRAINT jobforge_job_templates_required_connectors_check CHECK ((json_typeof(required_connectors) = 'array'::text)),
    CONSTRAINT jobforge_job_templates_required_scopes_check CHECK ((json_typeof(required_scopes) = 'array'::text)),
    CONSTRAINT jobforge_job_templates_template_key_check CHECK ((template_key <> ''::text))
);

CREATE TABLE public.jobforge_migrations (
    number integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

CREATE TABLE public.jobforge_pauses (
    tenant_id text,
    template_key text,
    reason text,
    actor_id text,
    paused_at timestamp with time zone DEFAULT date_trunc('milliseconds'::text, now()) NOT NULL,
    CONSTRAINT jobforge_pauses_check CHECK (((tenant_id IS NOT NULL) OR (template_key IS NOT NULL))),
    CONSTRAINT jobforge_pauses_tenant_id_check CHECK ((tenant_id ~ '^[A-Za-z0-9._:-]{1,128}$'::text))
);

CREATE TABLE public.jobforge_registry_version (
    one integer NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT jobforge_registry_version_one_check CHECK ((one = 1))
);

CREATE TABLE public.jobforge_reminders (
    grain_id text NOT NULL,
    name text NOT NULL,
    start_at timestamp with time zone NOT NULL,
    period_ms bigint NOT NULL,
    etag text NOT NULL
);

CREATE TABLE public.jobforge_run_logs (
    job_id uuid NOT NULL,
    sequence bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    attempt integer NOT NULL,
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    level text NOT NULL,
    message text NOT NULL
);

CREATE TABLE public.jobforge_tenant_templates (
    tenant_id text NOT NULL,
    template_key text NOT NULL,
    enabled boolean NOT NULL,
    CONSTRAINT jobforge_tenant_templates_tenant_id_check CHECK ((tenant_id ~ '^[A-Za-z0-9._:-]{1,128}$'::text))
);

CREATE TABLE public.jobforge_tenants (
    tenant_id text NOT NULL,
    name text NOT NULL,
    requests_per_minute integer DEFAULT 600000 NOT NULL,
    max_queued_jobs integer DEFAULT 1000000 NOT NULL,
    created_at timestamp with time zone DEFAULT date_trunc('milliseconds'::text, now()) NOT NULL,
    max_running integer,
    starts_per_minute integer,
    CONSTRAINT jobforge_tenants_max_queued_jobs_check CHECK ((max_queued_jobs >= 0)),
    CONSTRAINT jobforge_tenants_max_running_check CHECK ((max_running > 0)),
    CONSTRAINT jobforge_tenants_requests_per_minute_check CHECK ((requests_per_minute >= 0)),
    CONSTRAINT jobforge_tenants_starts_per_minute_check CHECK ((starts_per_minute > 0)),
    CONSTRAINT jobforge_tenants_tenant_id_check CHECK ((tenant_id ~ '^[A-Za-z0-9._:-]{1,128}$'::text))
);

CREATE TABLE public.jobforge_tokens (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    token_id text NOT NULL,
    digest text,
    job_id uuid,
    burnt_at timestamp with time zone,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT jobforge_tokens_check CHECK (((burnt_at IS NOT NULL) OR (revoked_at IS NOT NULL)))
);

CREATE TABLE public.jobforge_triggers (
    id text DEFAULT (gen_random_uuid())::text NOT NULL,
    tenant_id text NOT NULL,
    project_id text,
    trigger_type text NOT NULL,
    name text NOT NULL,
    cron_expression text,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    event_type_filter text,
    event_source_filter text,
    event_filter json,
    target_template_key text NOT NULL,
    target_inputs json DEFAULT '{}'::json NOT NULL,
    enabled boolean DEFAULT false NOT NULL,
    dry_run boolean DEFAULT false NOT NULL,
    misfire text DEFAULT 'one'::text NOT NULL,
    overlap text DEFAULT 'skip'::text NOT NULL,
    jitter_seconds integer DEFAULT 0 NOT NULL,
    cooldown_seconds integer DEFAULT 0 NOT NULL,
    max_runs_per_hour integer,
    last_fired_at timestamp with time zone,
    next_fire_at timestamp with time zone,
    fire_count bigint DEFAULT 0 NOT NULL,
    last_job_id uuid,
    state text DEFAULT 'new'::text NOT NULL,
    state_reason text,
    created_at timestamp with time zone DEFAULT date_trunc('milliseconds'::text, now()) NOT NULL,
    updated_at timestamp with time zone DEFAULT date_trunc('milliseconds'::text, now()) NOT NULL,
    CONSTRAINT jobforge_triggers_cooldown_seconds_check CHECK ((cooldown_seconds >= 0)),
    CONSTRAINT jobforge_triggers_jitter_seconds_check CHECK ((jitter_seconds >= 0)),
    CONSTRAINT jobforge_triggers_max_runs_per_hour_check CHECK ((max_runs_per_hour > 0)),
    CONSTRAINT jobforge_triggers_misfire_check CHECK ((misfire = ANY (ARRAY['skip'::text, 'one'::text, 'all'::text]))),
    CONSTRAINT jobforge_triggers_overlap_check CHECK ((overlap = ANY (ARRAY['skip'::text, 'queue'::text, 'allow'::text]))),
    CONSTRAINT jobforge_triggers_tenant_id_check CHECK ((tenant_id <> ''::text)),
    CONSTRAINT jobforge_triggers_trigger_type_check CHECK ((trigger_type = ANY (ARRAY['cron'::text, 'event'::text])))
);

ALTER TABLE ONLY public.jobforge_audit_logs ATTACH PARTITION public.jobforge_audit_logs_default DEFAULT;

ALTER TABLE ONLY public.jobforge_events ATTACH PARTITION public.jobforge_events_default DEFAULT;

ALTER TABLE ONLY public.jobforge_finished_jobs ATTACH PARTITION public.jobforge_finished_jobs_default DEFAULT;

ALTER TABLE ONLY public.jobforge_api_keys
    ADD CONSTRAINT jobforge_api_keys_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY public.jobforge_audit_logs
    ADD CONSTRAINT jobforge_audit_logs_pkey PRIMARY KEY (id, created_at);

ALTER TABLE ONLY public.jobforge_audit_logs_default
    ADD CONSTRAINT jobforge_audit_logs_default_pkey PRIMARY KEY (id, created_at);

ALTER TABLE ONLY public.jobforge_epochs
    ADD CONSTRAINT jobforge_epochs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.jobforge_event_keys
    ADD CONSTRAINT jobforge_event_keys_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.jobforge_events
    ADD CONSTRAINT jobforge_events_pkey PRIMARY KEY (id, received_at);

ALTER TABLE ONLY public.jobforge_events_default
    ADD CONSTRAINT jobforge_events_default_pkey PRIMARY KEY (id, received_at);

ALTER TABLE ONLY public.jobforge_gates
    ADD CONSTRAINT jobforge_gates_pkey PRIMARY KEY (tenant_id, gate_key);

ALTER TABLE ONLY public.jobforge_grain_state
    ADD CONSTRAINT jobforge_grain_state_pkey PRIMARY KEY (state_name, grain_id);

ALTER TABLE ONLY public.jobforge_idempotency_keys
    ADD CONSTRAINT jobforge_idempotency_keys_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.jobforge_job_attempts
    ADD CONSTRAINT jobforge_job_attempts_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.jobforge_job_templates
    ADD CONSTRAINT jobforge_job_templates_pkey PRIMARY KEY (template_key);

ALTER TABLE ONLY public.jobforge_jobs
    ADD CONSTRAINT jobforge_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.jobforge_migrations
    ADD CONSTRAINT jobforge_migrations_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.jobforge_registry_version
    ADD CONSTRAINT jobforge_registry_version_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.jobforge_reminders
    ADD CONSTRAINT jobforge_reminders_pkey PRIMARY KEY (grain_id, name);

ALTER TABLE ONLY public.jobforge_run_logs
    ADD CONSTRAINT jobforge_run_logs_pkey PRIMARY KEY (job_id, sequence);

ALTER TABLE ONLY public.jobforge_tenant_templates
    ADD CONSTRAINT jobforge_tenant_templates_pkey PRIMARY KEY (tenant_id, template_key);

ALTER TABLE ONLY public.jobforge_tenants
    ADD CONSTRAINT jobforge_tenants_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.jobforge_tokens
    ADD CONSTRAINT jobforge_tokens_pkey PRIMARY KEY (tenant_id, token_id);

ALTER TABLE ONLY public.jobforge_triggers
    ADD CONSTRAINT jobforge_triggers_pkey PRIMARY KEY (id);

CREATE INDEX jobforge_api_keys_tenant ON public.jobforge_api_keys USING btree (tenant_id, key_id);

CREATE INDEX jobforge_audit_logs_tenant ON ONLY public.jobforge_audit_logs USING btree (tenant_id, id);

CREATE INDEX jobforge_audit_logs_default_tenant_id_id_idx ON public.jobforge_audit_logs_default USING btree (tenant_id, id);

CREATE INDEX jobforge_events_tenant ON ONLY public.jobforge_events USING btree (tenant_id, occurred_at, id);

CREATE INDEX jobforge_events_default_tenant_id_occurred_at_id_idx ON public.jobforge_events_default USING btree (tenant_id, occurred_at, id);

CREATE INDEX jobforge_finished_jobs_children ON ONLY public.jobforge_finished_jobs USING btree (parent_run_id, id) WHERE (parent_run_id IS NOT NULL);

CREATE INDEX jobforge_finished_jobs_tenant ON ONLY public.jobforge_finished_jobs USING btree (tenant_id, id);

CREATE INDEX jobforge_finished_jobs_failed ON ONLY public.jobforge_finished_jobs USING btree (tenant_id, id) WHERE (status = 'failed'::text);

CREATE INDEX jobforge_finished_jobs_default_parent_run_id_id_idx ON public.jobforge_finished_jobs_default USING btree (parent_run_id, id) WHERE (parent_run_id IS NOT NULL);

CREATE INDEX jobforge_finished_jobs_default_tenant_id_id_idx ON public.jobforge_finished_jobs_default USING btree (tenant_id, id);

CREATE INDEX jobforge_finished_jobs_default_tenant_id_id_idx1 ON public.jobforge_finished_jobs_default USING btree (tenant_id, id) WHERE (status = 'failed'::text);

CREATE UNIQUE INDEX jobforge_flags_scope ON public.jobforge_flags USING btree (COALESCE(tenant_id, ''::text), flag);

CREATE INDEX jobforge_gates_age ON public.jobforge_gates USING btree (refilled_at);

CREATE INDEX jobforge_job_attempts_job ON public.jobforge_job_attempts USING btree (job_id);

CREATE INDEX jobforge_jobs_cancel ON public.jobforge_jobs USING btree (owner_epoch) WHERE (cancel_requested_at IS NOT NULL);

CREATE INDEX jobforge_jobs_children ON public.jobforge_jobs USING btree (parent_run_id, id) WHERE (parent_run_id IS NOT NULL);

CREATE INDEX jobforge_jobs_expiry ON public.jobforge_jobs USING btree (expires_at) WHERE ((expires_at IS NOT NULL) AND (status = 'queued'::text));

CREATE INDEX jobforge_jobs_gated ON public.jobforge_jobs USING btree (tenant_id, gate_key, fair_tag, id) WHERE (hold = 'limit'::text);

CREATE INDEX jobforge_jobs_parents ON public.jobforge_jobs USING btree (id) WHERE (hold = 'children'::text);

CREATE INDEX jobforge_jobs_passed ON public.jobforge_jobs USING btree (tenant_id, gate_key) WHERE ((gate_key IS NOT NULL) AND (hold IS NULL) AND (wait_until IS NULL));

CREATE INDEX jobforge_jobs_paused ON public.jobforge_jobs USING btree (template_key, tenant_id, fair_tag, id) WHERE (hold = 'paused'::text);

CREATE INDEX jobforge_jobs_queue ON public.jobforge_jobs USING btree (owner_epoch, fair_tag, id) WHERE ((status = 'queued'::text) AND (wait_until IS NULL) AND (hold IS NULL));

CREATE INDEX jobforge_jobs_running ON public.jobforge_jobs USING btree (owner_epoch) WHERE (status = 'running'::text);

CREATE INDEX jobforge_jobs_tenant ON public.jobforge_jobs USING btree (tenant_id, id);

CREATE INDEX jobforge_jobs_waiting ON public.jobforge_jobs USING btree (wait_until) WHERE (wait_until IS NOT NULL);

CREATE UNIQUE INDEX jobforge_pauses_scope ON public.jobforge_pauses USING btree (COALESCE(tenant_id, ''::text), COALESCE(template_key, ''::text));

CREATE INDEX jobforge_triggers_tenant ON public.jobforge_triggers USING btree (tenant_id, trigger_type);

ALTER INDEX public.jobforge_audit_logs_pkey ATTACH PARTITION public.jobforge_audit_logs_default_pkey;

ALTER INDEX public.jobforge_audit_logs_tenant ATTACH PARTITION public.jobforge_audit_logs_default_tenant_id_id_idx;

ALTER INDEX public.jobforge_events_pkey ATTACH PARTITION public.jobforge_events_default_pkey;

ALTER INDEX public.jobforge_events_tenant ATTACH PARTITION public.jobforge_events_default_tenant_id_occurred_at_id_idx;

ALTER INDEX public.jobforge_finished_jobs_children ATTACH PARTITION public.jobforge_finished_jobs_default_parent_run_id_id_idx;

ALTER INDEX public.jobforge_finished_jobs_tenant ATTACH PARTITION public.jobforge_finished_jobs_default_tenant_id_id_idx;

ALTER INDEX public.jobforge_finished_jobs_failed ATTACH PARTITION public.jobforge_finished_jobs_default_tenant_id_id_idx1;

CREATE TRIGGER jobforge_flags_delete AFTER DELETE ON public.jobforge_flags REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_flags_insert AFTER INSERT ON public.jobforge_flags REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_flags_truncate AFTER TRUNCATE ON public.jobforge_flags FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_flags_update AFTER UPDATE ON public.jobforge_flags REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_job_templates_delete AFTER DELETE ON public.jobforge_job_templates REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_job_templates_insert AFTER INSERT ON public.jobforge_job_templates REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_job_templates_truncate AFTER TRUNCATE ON public.jobforge_job_templates FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_job_templates_update AFTER UPDATE ON public.jobforge_job_templates REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_pauses_delete AFTER DELETE ON public.jobforge_pauses REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_pauses_insert AFTER INSERT ON public.jobforge_pauses REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_pauses_truncate AFTER TRUNCATE ON public.jobforge_pauses FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_pauses_update AFTER UPDATE ON public.jobforge_pauses REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_tenant_templates_delete AFTER DELETE ON public.jobforge_tenant_templates REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_tenant_templates_insert AFTER INSERT ON public.jobforge_tenant_templates REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_tenant_templates_truncate AFTER TRUNCATE ON public.jobforge_tenant_templates FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_tenant_templates_update AFTER UPDATE ON public.jobforge_tenant_templates REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_tenants_delete AFTER DELETE ON public.jobforge_tenants REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_tenants_insert AFTER INSERT ON public.jobforge_tenants REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_tenants_truncate AFTER TRUNCATE ON public.jobforge_tenants FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

CREATE TRIGGER jobforge_tenants_update AFTER UPDATE ON public.jobforge_tenants REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.jobforge_registry_changed();

ALTER TABLE public.jobforge_api_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_audit_logs ENABLE ROW LEVEL SECURITY;

CREATE POLICY jobforge_engine_all ON public.jobforge_api_keys TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_audit_logs TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_events TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_finished_jobs TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_flags TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_gates TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_job_attempts TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_jobs TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_pauses TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_run_logs TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_tenant_templates TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_tenants TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_tokens TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_engine_all ON public.jobforge_triggers TO jobforge_engine USING (true) WITH CHECK (true);

ALTER TABLE public.jobforge_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_finished_jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_flags ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_gates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_job_attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_pauses ENABLE ROW LEVEL SECURITY;

CREATE POLICY jobforge_reader_tenant ON public.jobforge_api_keys FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_audit_logs FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_events FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_finished_jobs FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_flags FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_gates FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_job_attempts FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_jobs FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_pauses FOR SELECT TO jobforge_reader USING (((tenant_id IS NULL) OR (tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting))));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_run_logs FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_tenant_templates FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_tenants FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_tokens FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

CREATE POLICY jobforge_reader_tenant ON public.jobforge_triggers FOR SELECT TO jobforge_reader USING ((tenant_id = ( SELECT current_setting('jobforge.tenant_id'::text, true) AS current_setting)));

ALTER TABLE public.jobforge_run_logs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_tenant_templates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_tenants ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobforge_triggers ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA public TO jobforge_engine;
GRANT USAGE ON SCHEMA public TO jobforge_reader;

REVOKE ALL ON FUNCTION public.jobforge_drop_partitions(parent text, before_day date, at_most integer, OUT partitions integer, OUT rows integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.jobforge_drop_partitions(parent text, before_day date, at_most integer, OUT partitions integer, OUT rows integer) TO jobforge_engine;

REVOKE ALL ON FUNCTION public.jobforge_ensure_partitions(parent text, from_day date, to_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.jobforge_ensure_partitions(parent text, from_day date, to_day date) TO jobforge_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_epochs TO jobforge_engine;

GRANT SELECT(id) ON TABLE public.jobforge_epochs TO jobforge_reader;

GRANT SELECT(holder) ON TABLE public.jobforge_epochs TO jobforge_reader;

GRANT SELECT(worker) ON TABLE public.jobforge_epochs TO jobforge_reader;

GRANT SELECT,INSERT ON TABLE public.jobforge_finished_jobs TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_finished_jobs TO jobforge_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_jobs TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_jobs TO jobforge_reader;

GRANT SELECT ON TABLE public.jobforge_all_jobs TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_all_jobs TO jobforge_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_api_keys TO jobforge_engine;

GRANT SELECT(key_id) ON TABLE public.jobforge_api_keys TO jobforge_reader;

GRANT SELECT(tenant_id) ON TABLE public.jobforge_api_keys TO jobforge_reader;

GRANT SELECT(role) ON TABLE public.jobforge_api_keys TO jobforge_reader;

GRANT SELECT(name) ON TABLE public.jobforge_api_keys TO jobforge_reader;

GRANT SELECT(created_at) ON TABLE public.jobforge_api_keys TO jobforge_reader;

GRANT SELECT(revoked_at) ON TABLE public.jobforge_api_keys TO jobforge_reader;

GRANT SELECT(last_used_at) ON TABLE public.jobforge_api_keys TO jobforge_reader;

GRANT SELECT ON TABLE public.jobforge_artifact_manifests TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_artifact_manifests TO jobforge_reader;

GRANT SELECT,INSERT ON TABLE public.jobforge_audit_logs TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_audit_logs TO jobforge_reader;

GRANT USAGE ON SEQUENCE public.jobforge_epoch_numbers TO jobforge_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_event_keys TO jobforge_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_events TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_events TO jobforge_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_flags TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_flags TO jobforge_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_gates TO jobforge_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_grain_state TO jobforge_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_idempotency_keys TO jobforge_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_job_attempts TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_job_attempts TO jobforge_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_job_templates TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_job_templates TO jobforge_reader;

GRANT SELECT ON TABLE public.jobforge_migrations TO jobforge_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_pauses TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_pauses TO jobforge_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_registry_version TO jobforge_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_reminders TO jobforge_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_run_logs TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_run_logs TO jobforge_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_tenant_templates TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_tenant_templates TO jobforge_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_tenants TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_tenants TO jobforge_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_tokens TO jobforge_engine;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobforge_triggers TO jobforge_engine;
GRANT SELECT ON TABLE public.jobforge_triggers TO jobforge_reader;
