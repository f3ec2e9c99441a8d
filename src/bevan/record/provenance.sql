-- name: target
-- Who made each version of one resource, newest first.
select v.rkey, v.type, v.id, v.version, v.last_updated, v.deleted, v.patient, v.patients, v.agent,
  v.source
from (
  select rkey, type, id, version, last_updated, deleted, patient, patients, labels, agent, source,
    sealer
  from resource where type = $1 and id = $2
  union all
  select rkey, type, id, version, last_updated, deleted, patient, patients, labels, agent, source,
    sealer
  from resource_history where type = $1 and id = $2
) v
join resource r on r.type = $1 and r.id = $2
where ($3::int is null or v.version = $3) and ({version}) and ({current})
order by v.version desc

-- name: by_key
-- The resource that a row key belongs to.
select type, id from resource where rkey = $1
