-- Times after which a queued job is ended, holds (why a queued job is parked, without an owner), and pauses. A job that uses none of it is in none
-- of these indexes.
ALTER TABLE jobforge_jobs
  ADD COLUMN options json,
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN deadline_at timestamptz,
  ADD COLUMN hold text CHECK (hold IN ('paused', 'limit', 'children')),
  ADD COLUMN gate_key text COLLATE "C",
  ADD COLUMN handler_state json,
  ADD CHECK (hold IS NULL OR (status = 'queued' AND owner_epoch IS NULL AND wait_until IS NULL)),
  ADD CHECK (hold IS DISTINCT FROM 'limit' OR gate_key IS NOT NULL);

ALTER TABLE jobforge_finished_jobs ADD COLUMN options json;

DROP INDEX jobforge_jobs_queue;

-- The queue in fair order, of each owner and of nobody (null).
CREATE INDEX jobforge_jobs_queue ON jobforge_jobs (owner_epoch, fair_tag, id) WHERE status = 'queued' AND wait_until IS NULL AND hold IS NULL;

CREATE INDEX jobforge_jobs_expiry ON jobforge_jobs (expires_at) WHERE expires_at IS NOT NULL AND status = 'queued';

CREATE INDEX jobforge_jobs_paused ON jobforge_jobs (template_key, tenant_id, fair_tag, id) WHERE hold = 'paused';

-- Before a gate, in the order in which it lets through.
CREATE INDEX jobforge_jobs_gated ON jobforge_jobs (tenant_id, gate_key, fair_tag, id) WHERE hold = 'limit';

-- Behind a gate: what counts against its limit.
CREATE INDEX jobforge_jobs_passed ON jobforge_jobs (tenant_id, gate_key) WHERE gate_key IS NOT NULL AND hold IS NULL AND wait_until IS NULL;

CREATE INDEX jobforge_jobs_parents ON jobforge_jobs (id) WHERE hold = 'children';

CREATE INDEX jobforge_jobs_children ON jobforge_jobs (parent_run_id, id) WHERE parent_run_id IS NOT NULL;

CREATE INDEX jobforge_finished_jobs_children ON jobforge_finished_jobs (parent_run_id, id) WHERE parent_run_id IS NOT NULL;

-- What is left in the buckets of rates; a row that was not touched for two minutes says nothing, since its bucket is full again.
CREATE TABLE jobforge_gates (
  tenant_id text COLLATE "C" NOT NULL,
  gate_key text COLLATE "C" NOT NULL,
  tokens double precision NOT NULL,
  refilled_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, gate_key)
);

CREATE INDEX jobforge_gates_age ON jobforge_gates (refilled_at);

ALTER TABLE jobforge_tenants
  ADD COLUMN max_running integer CHECK (max_running > 0),
  ADD COLUMN starts_per_minute integer CHECK (starts_per_minute > 0);

-- A null tenant means every tenant's, a null template every template of the tenant.
CREATE TABLE jobforge_pauses (
  tenant_id text CHECK (tenant_id ~ '^[A-Za-z0-9._:-]{1,128}$'),
  template_key text,
  reason text,
  actor_id text,
  paused_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
  CHECK (tenant_id IS NOT NULL OR template_key IS NOT NULL)
);

CREATE UNIQUE INDEX jobforge_pauses_scope ON jobforge_pauses (coalesce(tenant_id, ''), coalesce(template_key, ''));

CREATE TRIGGER jobforge_pauses_insert AFTER INSERT ON jobforge_pauses REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION jobforge_registry_changed();

CREATE TRIGGER jobforge_pauses_update AFTER UPDATE ON jobforge_pauses REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION jobforge_registry_changed();

CREATE TRIGGER jobforge_pauses_delete AFTER DELETE ON jobforge_pauses REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION jobforge_registry_changed();

CREATE TRIGGER jobforge_pauses_truncate AFTER TRUNCATE ON jobforge_pauses FOR EACH STATEMENT EXECUTE FUNCTION jobforge_registry_changed();

-- Hot and finished rows as one, in the column order that the code reads. Like every view here it reads with the rights of who asks.
CREATE OR REPLACE VIEW jobforge_all_jobs WITH (security_invoker = true) AS
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at,
  (SELECT holder FROM jobforge_epochs AS epoch WHERE epoch.id = owner_epoch) AS holder_epoch,
  NULL::json AS result, NULL::json AS error, NULL::timestamptz AS finished_at,
  options, expires_at, deadline_at, hold, gate_key, handler_state
FROM jobforge_jobs
UNION ALL
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at,
  NULL, 0, NULL, false, NULL, NULL, result, error, finished_at,
  options, NULL, NULL, NULL, NULL, NULL
FROM jobforge_finished_jobs;

GRANT SELECT, INSERT, UPDATE, DELETE ON jobforge_gates, jobforge_pauses TO jobforge_engine;

GRANT SELECT ON jobforge_pauses TO jobforge_reader;

ALTER TABLE jobforge_gates ENABLE ROW LEVEL SECURITY;

CREATE POLICY jobforge_engine_all ON jobforge_gates TO jobforge_engine USING (true) WITH CHECK (true);

CREATE POLICY jobforge_reader_tenant ON jobforge_gates FOR SELECT TO jobforge_reader
  USING (tenant_id = (SELECT current_setting('jobforge.tenant_id', true)));

ALTER TABLE jobforge_pauses ENABLE ROW LEVEL SECURITY;

CREATE POLICY jobforge_engine_all ON jobforge_pauses TO jobforge_engine USING (true) WITH CHECK (true);

-- A pause of every tenant's is every tenant's to see.
CREATE POLICY jobforge_reader_tenant ON jobforge_pauses FOR SELECT TO jobforge_reader
  USING (tenant_id IS NULL OR tenant_id = (SELECT current_setting('jobforge.tenant_id', true)));
