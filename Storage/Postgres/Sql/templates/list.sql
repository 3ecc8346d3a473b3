SELECT template_key, name, description, category, version, input_schema, output_schema, required_scopes, required_connectors, estimated_cost_tier,
  default_max_attempts, default_timeout_ms, is_action_job, enabled, created_at, updated_at
FROM jobforge_job_templates ORDER BY template_key
