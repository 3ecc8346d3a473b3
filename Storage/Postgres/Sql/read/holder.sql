SELECT holder.id, holder.worker, holder.expires_at, holder.state = 'open'
FROM jobforge_epochs AS epoch JOIN jobforge_epochs AS holder ON holder.id = epoch.holder WHERE epoch.id = $1
