-- Least privilege. The engine reads and writes rows and changes no schema; readers see the rows of one tenant, the one that their transaction names with
-- set_config('jobforge.tenant_id', ..., true), and nothing without. A migration that adds a table grants its rights and, with a tenant_id, its policies.

-- Roles belong to the whole cluster, so another database may have made them, or be making them now.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['jobforge_engine', 'jobforge_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN
          NULL;
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'The role % is missing, and the login % may not create it. As an administrator: CREATE ROLE % NOLOGIN; GRANT % TO %',
            wanted, session_user, wanted, wanted, quote_ident(session_user) USING ERRCODE = 'insufficient_privilege';
      END;
    END IF;
    BEGIN
      EXECUTE format('SET LOCAL ROLE %I', wanted);
      RESET ROLE;
    EXCEPTION WHEN insufficient_privilege THEN
      BEGIN
        EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
      EXCEPTION WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The login % is no member of the role %. As an administrator: GRANT % TO %',
          session_user, wanted, wanted, quote_ident(session_user) USING ERRCODE = 'insufficient_privilege';
      END;
    END;
  END LOOP;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO jobforge_engine, jobforge_reader', current_schema());
END
$$;

GRANT SELECT ON jobforge_migrations, jobforge_all_jobs, jobforge_artifact_manifests TO jobforge_engine;

-- History and audit are append-only, for the engine too.
GRANT SELECT, INSERT ON jobforge_finished_jobs, jobforge_audit_logs TO jobforge_engine;

GRANT SELECT, INSERT, UPDATE, DELETE ON
  jobforge_epochs, jobforge_jobs, jobforge_job_attempts, jobforge_run_logs, jobforge_idempotency_keys, jobforge_tokens, jobforge_events,
  jobforge_event_keys, jobforge_job_templates, jobforge_tenants, jobforge_flags, jobforge_tenant_templates, jobforge_api_keys, jobforge_triggers,
  jobforge_reminders, jobforge_grain_state, jobforge_registry_version
TO jobforge_engine;

GRANT USAGE ON SEQUENCE jobforge_epoch_numbers TO jobforge_engine;

GRANT SELECT ON
  jobforge_jobs, jobforge_finished_jobs, jobforge_all_jobs, jobforge_artifact_manifests, jobforge_job_attempts, jobforge_run_logs, jobforge_events,
  jobforge_audit_logs, jobforge_job_templates, jobforge_tenants, jobforge_flags, jobforge_tenant_templates, jobforge_triggers
TO jobforge_reader;

GRANT SELECT (id, holder, worker) ON jobforge_epochs TO jobforge_reader;

-- Never the hash.
GRANT SELECT (key_id, tenant_id, role, name, created_at, revoked_at, last_used_at) ON jobforge_api_keys TO jobforge_reader;

DO $$
DECLARE
  guarded text;
BEGIN
  FOR guarded IN
    SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname LIKE 'jobforge\_%' AND attname = 'tenant_id' AND NOT attisdropped
    ORDER BY relname
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY jobforge_engine_all ON %I TO jobforge_engine USING (true) WITH CHECK (true)', guarded);
    -- The subquery is asked once a statement, not once a row.
    EXECUTE format(
      'CREATE POLICY jobforge_reader_tenant ON %I FOR SELECT TO jobforge_reader USING (tenant_id = (SELECT current_setting(''jobforge.tenant_id'', true)))',
      guarded);
  END LOOP;

  -- Partitions are made and dropped with the rights of the schema's owner, whoever runs the store.
  EXECUTE format('ALTER FUNCTION jobforge_ensure_partitions(text, date, date) SECURITY DEFINER SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION jobforge_drop_partitions(text, date, integer) SECURITY DEFINER SET search_path = %I, pg_temp', current_schema());
END
$$;

REVOKE EXECUTE ON FUNCTION jobforge_ensure_partitions(text, date, date), jobforge_drop_partitions(text, date, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION jobforge_ensure_partitions(text, date, date), jobforge_drop_partitions(text, date, integer) TO jobforge_engine;
