-- $1: fair tag, $2: the time, $3: template, $4: tenant, $5: limit. In the order in which they would have started, one step apart from the virtual time on:
-- what waited for long does not come before all others.
WITH slice AS MATERIALIZED (
  SELECT id, row_number() OVER (ORDER BY fair_tag, id) AS place FROM (
    SELECT id, fair_tag FROM jobforge_jobs
    WHERE hold = 'paused' AND template_key = $3 AND tenant_id = $4 ORDER BY template_key, tenant_id, fair_tag, id LIMIT $5
    FOR UPDATE SKIP LOCKED) AS page
)
UPDATE jobforge_jobs AS job
SET hold = CASE WHEN gate_key IS NOT NULL THEN 'limit' END, status_reason = CASE WHEN gate_key IS NULL THEN 'released' ELSE 'limited' END,
  fair_tag = greatest(job.fair_tag, $1 + slice.place), updated_at = $2
FROM slice WHERE job.id = slice.id AND job.hold = 'paused'
