-- Second half of opening, in the same transaction: an epoch is its own first holder.
UPDATE jobforge_epochs SET holder = id WHERE id = :id AND state = 'open'
