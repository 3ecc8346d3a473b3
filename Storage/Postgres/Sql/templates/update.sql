UPDATE jobforge_job_templates
SET name = $1, description = $2, category = $3, version = $4, input_schema = $5, output_schema = $6, required_scopes = $7, required_connectors = $8,
  estimated_cost_tier = $9, default_max_attempts = $10, default_timeout_ms = $11, is_action_job = $12, enabled = $13, updated_at = $14
WHERE template_key = $15
