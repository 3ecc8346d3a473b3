-- Adds what is missing.
INSERT INTO jobforge_job_templates (
  name, description, category, version, input_schema, output_schema, required_scopes, required_connectors, estimated_cost_tier,
  default_max_attempts, default_timeout_ms, is_action_job, enabled, template_key, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $15, $13, $14, $14)
ON CONFLICT (template_key) DO NOTHING
