-- For the rest of the batch, which is one transaction: row-level security shows this tenant's rows and no others.
SELECT set_config('jobforge.tenant_id', $1, true)
