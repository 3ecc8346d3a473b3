INSERT INTO jobforge_job_templates (
  template_key, name, description, category, version, input_schema, output_schema, required_scopes, required_connectors, estimated_cost_tier,
  default_max_attempts, default_timeout_ms, is_action_job, enabled, created_at, updated_at)
VALUES (
  :template_key, :name, :description, :category, :version, :input_schema, :output_schema, :required_scopes, :required_connectors,
  :estimated_cost_tier, :default_max_attempts, :default_timeout_ms, :is_action_job, :enabled, :created_at, :updated_at)
ON CONFLICT (template_key) DO NOTHING
