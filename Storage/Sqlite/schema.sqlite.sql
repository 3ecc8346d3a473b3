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

CREATE TABLE jobforge_api_keys (
  key_id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT,
  role TEXT NOT NULL CHECK (role IN ('app', 'tenant_admin', 'operator', 'worker')),
  name TEXT NOT NULL,
  key_hash BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  last_used_at INTEGER
) STRICT;

CREATE INDEX jobforge_api_keys_tenant ON jobforge_api_keys (tenant_id, key_id);

CREATE VIEW jobforge_artifact_manifests AS
SELECT
  lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-'
    || substr(hex(id), 21)) AS run_id,
  tenant_id, project_id, template_key AS job_type, manifest ->> '$.status' AS status, manifest, finished_at AS created_at
FROM jobforge_finished_jobs;

CREATE TABLE jobforge_audit_logs (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  tenant_id TEXT,
  project_id TEXT,
  action TEXT NOT NULL,
  allowed INTEGER NOT NULL CHECK (allowed IN (0, 1)),
  code TEXT,
  reason TEXT,
  actor_id TEXT,
  key_id TEXT,
  correlation_id TEXT,
  trace_id TEXT,
  event_id BLOB,
  job_id BLOB,
  template_key TEXT,
  policy_token_id TEXT,
  scopes_granted TEXT,
  details TEXT,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX jobforge_audit_logs_tenant ON jobforge_audit_logs (tenant_id, id);

CREATE TABLE jobforge_epochs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  worker TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'dead', 'recovered'))
, holder INTEGER, hungry INTEGER NOT NULL DEFAULT 0 CHECK (hungry IN (0, 1))) STRICT;

CREATE INDEX jobforge_epochs_open ON jobforge_epochs (state) WHERE state = 'open';

CREATE TABLE jobforge_event_keys (
  hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 16),
  event_id BLOB NOT NULL,
  content_hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jobforge_events (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  project_id TEXT,
  event_version TEXT NOT NULL,
  event_type TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  trace_id TEXT NOT NULL,
  actor_id TEXT,
  source_app TEXT NOT NULL,
  source_module TEXT,
  subject_type TEXT,
  subject_id TEXT,
  payload TEXT NOT NULL,
  contains_pii INTEGER NOT NULL CHECK (contains_pii IN (0, 1)),
  redaction_hints TEXT,
  processed INTEGER NOT NULL DEFAULT 0 CHECK (processed IN (0, 1)),
  processed_at INTEGER,
  processing_job_id BLOB,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX jobforge_events_tenant ON jobforge_events (tenant_id, occurred_at, id);

CREATE TABLE jobforge_finished_jobs (
  id BLOB NOT NULL CHECK (length(id) = 16),
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  project_id TEXT,
  template_key TEXT NOT NULL,
  template_version TEXT NOT NULL,
  inputs TEXT NOT NULL,
  inputs_digest TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('succeeded', 'failed', 'canceled')),
  status_reason TEXT,
  attempts INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND max_attempts),
  max_attempts INTEGER NOT NULL,
  timeout_ms INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  trace_id TEXT NOT NULL,
  actor_id TEXT,
  idempotency_key TEXT,
  trigger_id TEXT,
  event_id BLOB,
  parent_run_id BLOB,
  retry_of BLOB,
  policy_token_id TEXT,
  progress TEXT,
  started_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  result TEXT,
  error TEXT,
  finished_at INTEGER NOT NULL,
  worker TEXT,
  manifest TEXT NOT NULL
, options TEXT) STRICT;

CREATE INDEX jobforge_finished_jobs_children ON jobforge_finished_jobs (parent_run_id, id) WHERE parent_run_id IS NOT NULL;

CREATE INDEX jobforge_finished_jobs_failed ON jobforge_finished_jobs (tenant_id, id) WHERE status = 'failed';

CREATE UNIQUE INDEX jobforge_finished_jobs_tenant ON jobforge_finished_jobs (tenant_id, id);

CREATE TRIGGER jobforge_flags_delete AFTER DELETE ON jobforge_flags BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_flags_insert AFTER INSERT ON jobforge_flags BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_flags_update AFTER UPDATE ON jobforge_flags BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TABLE jobforge_flags (
  tenant_id TEXT CHECK (length(tenant_id) BETWEEN 1 AND 128 AND tenant_id NOT GLOB '*[^A-Za-z0-9._:-]*'),
  flag TEXT NOT NULL,
  value INTEGER NOT NULL CHECK (value IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX jobforge_flags_scope ON jobforge_flags (coalesce(tenant_id, ''), flag);

CREATE TABLE jobforge_gates (
  tenant_id TEXT NOT NULL,
  gate_key TEXT NOT NULL,
  tokens REAL NOT NULL,
  refilled_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, gate_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX jobforge_gates_age ON jobforge_gates (refilled_at);

CREATE TABLE jobforge_grain_state (
  state_name TEXT NOT NULL,
  grain_id TEXT NOT NULL,
  payload BLOB,
  etag TEXT NOT NULL,
  PRIMARY KEY (state_name, grain_id)
) STRICT;

CREATE TABLE jobforge_idempotency_keys (
  hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 16),
  job_id BLOB NOT NULL,
  inputs_hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jobforge_job_attempts (
  seq INTEGER PRIMARY KEY,
  job_id BLOB NOT NULL,
  tenant_id TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  worker TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  outcome TEXT NOT NULL,
  error TEXT
) STRICT;

CREATE INDEX jobforge_job_attempts_job ON jobforge_job_attempts (job_id);

CREATE TRIGGER jobforge_job_templates_delete AFTER DELETE ON jobforge_job_templates BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_job_templates_insert AFTER INSERT ON jobforge_job_templates BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_job_templates_update AFTER UPDATE ON jobforge_job_templates BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TABLE jobforge_job_templates (
  id TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
  template_key TEXT NOT NULL PRIMARY KEY CHECK (template_key <> ''),
  name TEXT NOT NULL,
  description TEXT,
  category TEXT NOT NULL DEFAULT 'core',
  version TEXT NOT NULL DEFAULT '1.0.0',
  input_schema TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(input_schema)),
  output_schema TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(output_schema)),
  required_scopes TEXT NOT NULL DEFAULT '[]' CHECK (json_type(required_scopes) = 'array'),
  required_connectors TEXT NOT NULL DEFAULT '[]' CHECK (json_type(required_connectors) = 'array'),
  estimated_cost_tier TEXT NOT NULL DEFAULT 'low' CHECK (estimated_cost_tier IN ('low', 'medium', 'high')),
  default_max_attempts INTEGER NOT NULL DEFAULT 3 CHECK (default_max_attempts BETWEEN 1 AND 10),
  default_timeout_ms INTEGER NOT NULL DEFAULT 300000 CHECK (default_timeout_ms > 0),
  is_action_job INTEGER NOT NULL DEFAULT 0 CHECK (is_action_job IN (0, 1)),
  enabled INTEGER NOT NULL DEFAULT 0 CHECK (enabled IN (0, 1)),
  created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;

CREATE TABLE jobforge_jobs (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  project_id TEXT,
  template_key TEXT NOT NULL,
  template_version TEXT NOT NULL,
  inputs TEXT NOT NULL,
  inputs_digest TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running')),
  status_reason TEXT,
  attempts INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND max_attempts),
  max_attempts INTEGER NOT NULL,
  timeout_ms INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  trace_id TEXT NOT NULL,
  actor_id TEXT,
  idempotency_key TEXT,
  trigger_id TEXT,
  event_id BLOB,
  parent_run_id BLOB,
  retry_of BLOB,
  policy_token_id TEXT,
  progress TEXT,
  started_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  owner_epoch INTEGER,
  fair_tag REAL NOT NULL,
  wait_until INTEGER,
  write_start_first INTEGER NOT NULL DEFAULT 0 CHECK (write_start_first IN (0, 1)),
  cancel_requested_at INTEGER, options TEXT, expires_at INTEGER, deadline_at INTEGER, hold TEXT
  CHECK (hold IS NULL OR (hold IN ('paused', 'limit', 'children') AND status = 'queued' AND owner_epoch IS NULL AND wait_until IS NULL)), gate_key TEXT CHECK (hold IS NOT 'limit' OR gate_key IS NOT NULL), handler_state TEXT,
  CHECK (wait_until IS NULL OR (status = 'queued' AND owner_epoch IS NULL)),
  CHECK (status = 'queued' OR owner_epoch IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX jobforge_jobs_cancel ON jobforge_jobs (owner_epoch) WHERE cancel_requested_at IS NOT NULL;

CREATE INDEX jobforge_jobs_children ON jobforge_jobs (parent_run_id, id) WHERE parent_run_id IS NOT NULL;

CREATE INDEX jobforge_jobs_expiry ON jobforge_jobs (expires_at) WHERE expires_at IS NOT NULL AND status = 'queued';

CREATE INDEX jobforge_jobs_gated ON jobforge_jobs (tenant_id, gate_key, fair_tag, id) WHERE hold = 'limit';

CREATE INDEX jobforge_jobs_parents ON jobforge_jobs (id) WHERE hold = 'children';

CREATE INDEX jobforge_jobs_passed ON jobforge_jobs (tenant_id, gate_key) WHERE gate_key IS NOT NULL AND hold IS NULL AND wait_until IS NULL;

CREATE INDEX jobforge_jobs_paused ON jobforge_jobs (template_key, tenant_id, fair_tag, id) WHERE hold = 'paused';

CREATE INDEX jobforge_jobs_queue ON jobforge_jobs (owner_epoch, fair_tag, id) WHERE status = 'queued' AND wait_until IS NULL AND hold IS NULL;

CREATE INDEX jobforge_jobs_running ON jobforge_jobs (owner_epoch) WHERE status = 'running';

CREATE INDEX jobforge_jobs_tenant ON jobforge_jobs (tenant_id, id, status);

CREATE INDEX jobforge_jobs_waiting ON jobforge_jobs (wait_until) WHERE wait_until IS NOT NULL;

CREATE TABLE jobforge_migrations (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER jobforge_pauses_delete AFTER DELETE ON jobforge_pauses BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_pauses_insert AFTER INSERT ON jobforge_pauses BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_pauses_update AFTER UPDATE ON jobforge_pauses BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TABLE jobforge_pauses (
  tenant_id TEXT CHECK (length(tenant_id) BETWEEN 1 AND 128 AND tenant_id NOT GLOB '*[^A-Za-z0-9._:-]*'),
  template_key TEXT,
  reason TEXT,
  actor_id TEXT,
  paused_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
  CHECK (tenant_id IS NOT NULL OR template_key IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX jobforge_pauses_scope ON jobforge_pauses (coalesce(tenant_id, ''), coalesce(template_key, ''));

CREATE TABLE jobforge_registry_version (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE jobforge_reminders (
  grain_id TEXT NOT NULL,
  name TEXT NOT NULL,
  start_at INTEGER NOT NULL,
  period_ms INTEGER NOT NULL,
  etag TEXT NOT NULL,
  PRIMARY KEY (grain_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobforge_run_logs (
  job_id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  tenant_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (job_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER jobforge_tenant_templates_delete AFTER DELETE ON jobforge_tenant_templates BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_tenant_templates_insert AFTER INSERT ON jobforge_tenant_templates BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_tenant_templates_update AFTER UPDATE ON jobforge_tenant_templates BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TABLE jobforge_tenant_templates (
  tenant_id TEXT NOT NULL CHECK (length(tenant_id) BETWEEN 1 AND 128 AND tenant_id NOT GLOB '*[^A-Za-z0-9._:-]*'),
  template_key TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  PRIMARY KEY (tenant_id, template_key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER jobforge_tenants_delete AFTER DELETE ON jobforge_tenants BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_tenants_insert AFTER INSERT ON jobforge_tenants BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TRIGGER jobforge_tenants_update AFTER UPDATE ON jobforge_tenants BEGIN
  UPDATE jobforge_registry_version SET version = version + 1;
END;

CREATE TABLE jobforge_tenants (
  tenant_id TEXT NOT NULL PRIMARY KEY CHECK (length(tenant_id) BETWEEN 1 AND 128 AND tenant_id NOT GLOB '*[^A-Za-z0-9._:-]*'),
  name TEXT NOT NULL,
  requests_per_minute INTEGER NOT NULL DEFAULT 600000 CHECK (requests_per_minute >= 0),
  max_queued_jobs INTEGER NOT NULL DEFAULT 1000000 CHECK (max_queued_jobs >= 0),
  created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
, max_running INTEGER CHECK (max_running > 0), starts_per_minute INTEGER CHECK (starts_per_minute > 0)) STRICT;

CREATE TABLE jobforge_tokens (
  tenant_id TEXT NOT NULL,
  token_id TEXT NOT NULL,
  digest TEXT,
  job_id BLOB,
  burnt_at INTEGER,
  expires_at INTEGER,
  revoked_at INTEGER,
  PRIMARY KEY (tenant_id, token_id),
  CHECK (burnt_at IS NOT NULL OR revoked_at IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobforge_triggers (
  id TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(16)))),
  tenant_id TEXT NOT NULL CHECK (tenant_id <> ''),
  project_id TEXT,
  trigger_type TEXT NOT NULL CHECK (trigger_type IN ('cron', 'event')),
  name TEXT NOT NULL,
  cron_expression TEXT,
  time_zone TEXT NOT NULL DEFAULT 'UTC',
  event_type_filter TEXT,
  event_source_filter TEXT,
  event_filter TEXT,
  target_template_key TEXT NOT NULL,
  target_inputs TEXT NOT NULL DEFAULT '{}',
  enabled INTEGER NOT NULL DEFAULT 0 CHECK (enabled IN (0, 1)),
  dry_run INTEGER NOT NULL DEFAULT 0 CHECK (dry_run IN (0, 1)),
  misfire TEXT NOT NULL DEFAULT 'one' CHECK (misfire IN ('skip', 'one', 'all')),
  overlap TEXT NOT NULL DEFAULT 'skip' CHECK (overlap IN ('skip', 'queue', 'allow')),
  jitter_seconds INTEGER NOT NULL DEFAULT 0 CHECK (jitter_seconds >= 0),
  cooldown_seconds INTEGER NOT NULL DEFAULT 0 CHECK (cooldown_seconds >= 0),
  max_runs_per_hour INTEGER CHECK (max_runs_per_hour > 0),
  last_fired_at INTEGER,
  next_fire_at INTEGER,
  fire_count INTEGER NOT NULL DEFAULT 0,
  last_job_id BLOB,
  state TEXT NOT NULL DEFAULT 'new',
  state_reason TEXT,
  created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;

CREATE INDEX jobforge_triggers_tenant ON jobforge_triggers (tenant_id, trigger_type);
