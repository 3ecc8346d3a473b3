UPDATE jobforge_job_templates
SET name = :name, description = :description, category = :category, version = :version, input_schema = :input_schema,
  output_schema = :output_schema, required_scopes = :required_scopes, required_connectors = :required_connectors,
  estimated_cost_tier = :estimated_cost_tier, default_max_attempts = :default_max_attempts, default_timeout_ms = :default_timeout_ms,
  is_action_job = :is_action_job, enabled = :enabled, updated_at = :updated_at
WHERE template_key = :template_key
