-- $1: run out before, while another process lives.
SELECT NULL::text, id::text, 'open, of ' || worker || ', which has not renewed it; nobody has declared it dead'
FROM jobforge_epochs
WHERE state = 'open' AND expires_at < $1
  AND EXISTS (SELECT 1 FROM jobforge_epochs AS other WHERE other.state = 'open' AND other.expires_at >= $1)
