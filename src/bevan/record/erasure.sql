-- name: numbers
-- Numbers that were indexed of the people's rows.
delete from idx_num d using resource r where r.patient = any({people}) and d.rkey = r.rkey

-- name: strings
-- Texts that were indexed of the people's rows.
delete from idx_str d using resource r where r.patient = any({people}) and d.rkey = r.rkey

-- name: codes
-- Codes that were indexed of the people's rows.
delete from idx_code where patient = any({people})

-- name: versions
-- Old versions about the people, alone or with others.
delete from resource_history where patient = any({people}) or patients && {people}

-- name: links
-- Who has a link with the people, and whom they have one with.
delete from relationship where patient = any({people}) or holder = any({people})

-- name: refusals
-- What the people refused.
delete from refusal where patient = any({people})

-- name: gone
-- Tombstones in place of the people's rows: the feed tells of these, and nobody reads them.
update resource set deleted = true, content = null, enc = 0, tokens = '{}', labels = 0, code = null,
  low = null, high = null, present = 0, source = null, sealer = null, version = version + 1,
  agent = $2, last_updated = $3, txid = pg_current_xact_id()
where patient = any($1::uuid[]) and not deleted
returning type

-- name: mentions
-- Rows that name the people beside others, or refer to them.
select type, id, enc, content from resource
where not deleted and (patient is null or not patient = any($1::uuid[]))
  and (patients && $1::uuid[] or tokens && $2::bigint[])
order by type, id

-- name: forget_versions
-- Old versions of rows that were rewritten, which still name the people.
delete from resource_history h using unnest($1::text[], $2::text[]) u (type, id)
where h.type = u.type and h.id = u.id

-- name: purge
-- Takes the tombstones away; where in the feed the last of them stood.
with gone as (delete from resource where patient = any($1::uuid[]) and deleted
  returning txid::text::bigint as txid)
select coalesce(max(txid), 0) from gone

-- name: horizon
-- Cursors before this place have missed what is no longer told.
insert into bevan_mark as m (name, value) values ('feed horizon', $1::text)
on conflict (name) do update set value = greatest(m.value::bigint, excluded.value::bigint)::text

-- name: actors
-- The numbers of people as actors.
select n from agent where kind = 'patient' and id = any($1::text[])

-- name: actor
-- Versions that people wrote name another actor from now on.
update resource set agent = $2 where agent = any($1::int[])

-- name: old_actor
-- Old versions that people wrote name another actor from now on.
update resource_history set agent = $2 where agent = any($1::int[])

-- name: forget_actor
-- Forgets an actor whom nothing names any more.
select forget_actor($1)

-- name: last_contacts
-- A page of people after one, each with the last day of anything in their record, and whether any
-- of it has one of some labels, and whether any of it has no end yet.
select p.id, p.enc, p.content,
  max(case when r.high >= '9999-01-01' then r.low else coalesce(r.high, r.low, r.last_updated) end)
    as contact,
  coalesce(bool_or(r.labels & $3 <> 0), false) as labelled,
  coalesce(bool_or(r.high >= '9999-01-01'), false) as going_on
from (select id, enc, content, patient from resource
  where type = 'Patient' and not deleted and id > $1 order by id limit $2) p
left join resource r on r.patient = p.patient and not r.deleted and r.type <> 'Patient'
group by p.id, p.enc, p.content
order by p.id
