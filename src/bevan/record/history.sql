-- name: instance
-- All versions of one resource, newest first.
select v.*
from (
  select rkey, type, id, version, last_updated, deleted, enc, content, patient, patients, labels,
    agent, source, sealer
  from resource where type = $1 and id = $2
  union all
  select rkey, type, id, version, last_updated, deleted, enc, content, patient, patients, labels,
    agent, source, sealer
  from resource_history where type = $1 and id = $2
) v
join resource r on r.type = $1 and r.id = $2
where ({version}) and ({current}) and {place}
order by v.last_updated desc, v.rkey desc, v.version desc
limit {limit}

-- name: many
-- All versions of a type or of everything, newest first; each branch stops at the page's size.
select * from (
  (select v.rkey, v.type, v.id, v.version, v.last_updated, v.deleted, v.enc, v.content, v.patient,
     v.patients, v.agent, v.source
   from resource v
   where ({version}) and {type} and {place}
   order by v.last_updated desc, v.rkey desc, v.version desc
   limit {limit})
  union all
  (select v.rkey, v.type, v.id, v.version, v.last_updated, v.deleted, v.enc, v.content, v.patient,
     v.patients, v.agent, v.source
   from resource_history v
   where ({version}) and {type} and {place} and exists (
     select from resource r where r.type = v.type and r.id = v.id and ({current}))
   order by v.last_updated desc, v.rkey desc, v.version desc
   limit {limit})
) page
order by last_updated desc, rkey desc, version desc
limit {limit}
