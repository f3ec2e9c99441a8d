-- name: hide
-- Hides the rows that have their people from rows that have moved: until somebody looks again,
-- only the system sees them.
with d as materialized (
  select distinct r.type, r.id
  from unnest($1::text[], $2::text[], $3::bigint[]) u (type, id, hash)
  cross join lateral (
    select patient, patients from resource where type = u.type and id = u.id offset 0
  ) m
  cross join lateral (
    select type, id, patient, patients from resource where tokens @> array[u.hash] offset 0
  ) r
  where (r.patient is not null or r.patients is not null)
    and (r.patient, r.patients) is distinct from (m.patient, m.patients)
)
update resource r set patient = null, patients = null
from d where r.type = d.type and r.id = d.id
returning r.type, r.id
