-- An ended process's epoch is inherited as a whole: the heir becomes its holder, and its queued jobs are loaded as they stand, not rewritten.
ALTER TABLE jobforge_epochs ADD COLUMN holder INTEGER;

ALTER TABLE jobforge_epochs ADD COLUMN hungry INTEGER NOT NULL DEFAULT 0 CHECK (hungry IN (0, 1));

-- The table holds the living and what waits for an heir, and nothing else from now on.
DELETE FROM jobforge_epochs WHERE state = 'recovered' OR (state = 'closed' AND id NOT IN (SELECT owner_epoch FROM jobforge_jobs WHERE owner_epoch IS NOT NULL));

UPDATE jobforge_epochs SET holder = id;

DROP INDEX jobforge_epochs_dead;

DROP INDEX jobforge_jobs_ready;

DROP INDEX jobforge_jobs_owned;

-- The queue in fair order, an owner at a time; what nobody owns (NULL) is one of them.
CREATE INDEX jobforge_jobs_queue ON jobforge_jobs (owner_epoch, fair_tag, id) WHERE status = 'queued' AND wait_until IS NULL;

-- Only what outlives a commit tick is ever written as running.
CREATE INDEX jobforge_jobs_running ON jobforge_jobs (owner_epoch) WHERE status = 'running';

DROP VIEW jobforge_all_jobs;

-- Hot and finished rows as one, in the column order that the code reads.
CREATE VIEW jobforge_all_jobs AS
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, NULL AS result, NULL AS error, NULL AS finished_at,
  owner_epoch, fair_tag, wait_until, write_start_first, cancel_requested_at,
  (SELECT holder FROM jobforge_epochs WHERE jobforge_epochs.id = owner_epoch) AS holder_epoch
FROM jobforge_jobs
UNION ALL
SELECT id, tenant_id, project_id, template_key, template_version, inputs, inputs_digest, status, status_reason, attempts, max_attempts,
  timeout_ms, priority, run_at, trace_id, actor_id, idempotency_key, trigger_id, event_id, parent_run_id, retry_of, policy_token_id,
  progress, started_at, created_at, updated_at, result, error, finished_at,
  NULL, 0.0, NULL, 0, NULL, NULL
FROM jobforge_finished_jobs;
