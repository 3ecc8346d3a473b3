-- $1: now.
SELECT
  EXISTS (SELECT FROM jobforge_jobs WHERE expires_at IS NOT NULL AND status = 'queued' AND expires_at <= $1),
  EXISTS (SELECT FROM jobforge_jobs WHERE hold = 'paused'),
  EXISTS (SELECT FROM jobforge_jobs WHERE hold = 'children'),
  EXISTS (SELECT FROM jobforge_jobs WHERE hold = 'limit')
