SELECT jobforge_ensure_partitions('jobforge_finished_jobs', $1, $2) + jobforge_ensure_partitions('jobforge_events', $1, $2)
  + jobforge_ensure_partitions('jobforge_audit_logs', $1, $2)
