-- Bounded by its inner LIMIT; IS, so that what nobody owns is a queue of its own.
SELECT count(*), coalesce(sum(tenant_id = :tenant_id), 0) FROM (
  SELECT tenant_id FROM jobforge_jobs INDEXED BY jobforge_jobs_queue
  WHERE owner_epoch IS :owner AND status = 'queued' AND wait_until IS NULL AND hold IS NULL AND (fair_tag, id) < (:fair_tag, :id)
  LIMIT :at_most)
