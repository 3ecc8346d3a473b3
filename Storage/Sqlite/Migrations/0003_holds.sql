-- Times after which a queued job is ended, holds (why a queued job is parked, without an owner), and pauses. A job that uses none of it is in none
-- of these indexes.
ALTER TABLE jobforge_jobs ADD COLUMN options TEXT;

ALTER TABLE jobforge_jobs ADD COLUMN expires_at INTEGER;

ALTER TABLE jobforge_jobs ADD COLUMN deadline_at INTEGER;

ALTER TABLE jobforge_jobs ADD COLUMN hold TEXT
  CHECK (hold IS NULL OR (hold IN ('paused', 'limit', 'children') AND status = 'queued' AND owner_epoch IS NULL AND wait_until IS NULL));

ALTER TABLE jobforge_jobs ADD COLUMN gate_key TEXT CHECK (hold IS NOT 'limit' OR gate_key IS NOT NULL);

ALTER TABLE jobforge_jobs ADD COLUMN handler_state TEXT;

ALTER TABLE jobforge_finished_jobs ADD COLUMN options TEXT;

DROP INDEX jobforge_jobs_queue;

-- The queue in fair order, an owner at a time; what nobody owns (NULL) is one of them.
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

CREATE INDEX jobforge_finished_jobs_failed ON jobforge_finished_jobs (tenant_id, id) WHERE status = 'failed';

-- What is left in the buckets of rates; a row that was not touched for two minutes says nothing, since its bucket is full again.
CREATE TABLE jobforge_gates (
  tenant_id TEXT NOT NULL,
  gate_key TEXT NOT NULL,
  tokens REAL NOT NULL,
  refilled_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, gate_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX jobforge_gates_age ON jobforge_gates (refilled_at);

ALTER TABLE jobforge_tenants ADD COLUMN max_running INTEGER CHECK (max_running > 0);

ALTER TABLE jobforge_tenants ADD COLUMN starts_per_minute INTEGER CHECK (starts_per_minute > 0);

-- A null tenant means every tenant's, a null template every template of the tenant.
CREATE TABLE jobforge_pauses (
  tenant_id TEXT CHECK (length(tenant_id) BETWEEN 1 AND 128 AND tenant_id NOT GLOB '*[^A-Za-z0-9._:-]*'),
  template_key TEXT,
  reason TEXT,
  actor_id TEXT,
  paused_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
  CHECK (tenant_id IS NOT NULL OR template_key IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX jobforge_pauses_scope ON jobforge_pauses (coalesce(tenant_id, ''), coalesce(template_key, ''));

CREATE TRIGGER jobforge_pauses_insert AFTER INSERT ON jobforge_pauses BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_pauses_update AFTER UPDATE ON jobforge_pauses BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_pauses_delete AFTER DELETE ON jobforge_pauses BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

DROP VIEW jobforge_all_jobs;

-- Hot and finished rows as one, in the column order that the code reads.
CREATE VIEW jobforge_all_jobs AS
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, NULL AS result, NULL AS error, NULL AS finished_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at,
  (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch) AS holder_epoch,
  options, expires_at, deadline_at, hold, gate_key, handler_state
FROM jobforge_jobs
UNION ALL
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, result, error, finished_at,
  NULL, 0.0, NULL, 0, NULL, NULL, options, NULL, NULL, NULL, NULL, NULL
FROM jobforge_finished_jobs;
