-- In the order in which they would have started, one step apart from the virtual time on: what waited for long does not come before all others.
UPDATE jobforge_jobs
SET hold = CASE WHEN gate_key IS NOT NULL THEN 'limit' END, status_reason = CASE WHEN gate_key IS NULL THEN 'released' ELSE 'limited' END,
  fair_tag = max(jobforge_jobs.fair_tag, :fair_tag + released.place), updated_at = :at
FROM (
  SELECT id, row_number() OVER (ORDER BY fair_tag, id) AS place FROM (
    SELECT id, fair_tag FROM jobforge_jobs INDEXED BY jobforge_jobs_paused
    WHERE hold = 'paused' AND template_key = :template_key AND tenant_id = :tenant_id ORDER BY fair_tag, id LIMIT :limit)) AS released
WHERE jobforge_jobs.id = released.id AND hold = 'paused'
