-- name: people
-- Whom some rows are about; for rows whose people are those of the rows they name.
select r.type || '/' || r.id as row, r.patient, r.patients
from unnest($1::text[], $2::text[]) u (type, id)
join resource r on r.type = u.type and r.id = u.id

-- name: people_kept
-- The same, and these rows keep their people until the transaction ends.
select r.type || '/' || r.id as row, r.patient, r.patients
from unnest($1::text[], $2::text[]) u (type, id)
join resource r on r.type = u.type and r.id = u.id
order by r.type, r.id
for share of r

-- name: lock
-- Takes locks that end with the transaction, in the order given.
select pg_advisory_xact_lock(key) from unnest($1::bigint[]) key

-- name: recorded
-- How many of some people have anything in the record.
select count(*) from unnest($1::uuid[]) p (person)
where exists (select from resource r where r.patient = p.person and not r.deleted)
