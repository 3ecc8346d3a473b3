-- A batch. A repeated append keeps the first line of a sequence number. $8: holders; nothing is kept of a run that its holder has lost. Each line looks its run
-- up by the primary key, whatever the planner thinks of the queue's size.
INSERT INTO jobforge_run_logs (job_id, sequence, tenant_id, attempt, at, level, message)
SELECT job_id, sequence, tenant_id, attempt, at, level, message
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::integer[], $5::timestamptz[], $6::text[], $7::text[], $8::bigint[])
  AS line (job_id, sequence, tenant_id, attempt, at, level, message, holder)
WHERE (SELECT own.holder FROM jobforge_epochs AS own WHERE own.id = (SELECT job.owner_epoch FROM jobforge_jobs AS job WHERE job.id = line.job_id)) = line.holder
ON CONFLICT DO NOTHING
