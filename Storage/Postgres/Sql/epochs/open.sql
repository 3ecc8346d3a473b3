-- $1: worker, $2: now, $3: the lease's end. An epoch is its own first holder.
INSERT INTO jobforge_epochs (id, holder, worker, opened_at, expires_at)
SELECT number, number, $1, $2, $3 FROM nextval('jobforge_epoch_numbers') AS number
RETURNING id
