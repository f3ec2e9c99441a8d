-- name: find_agent
-- The number of an actor seen before.
select n from agent
where kind = $1 and id = $2 and name = $3 and role = $4 and organisation = $5
  and organisation_name = $6 and app = $7

-- name: add_agent
-- Gives a new actor its number; nothing if somebody else has just done so.
insert into agent (kind, id, name, role, organisation, organisation_name, app)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing returning n

-- name: agents
-- The actors with the given numbers.
select n, kind, id, name, role, organisation, organisation_name, app from agent
where n = any($1::int[])

-- name: find_purpose
-- The number of a purpose seen before.
select n from purpose where purpose = $1

-- name: add_purpose
-- Gives a new purpose its number.
insert into purpose (purpose) values ($1) on conflict do nothing returning n

-- name: find_source
-- The number of a source seen before.
select n from source where uri = $1

-- name: add_source
-- Gives a new source its number.
insert into source (uri) values ($1) on conflict do nothing returning n

-- name: sources
-- The sources with the given numbers.
select n, uri from source where n = any($1::int[])
