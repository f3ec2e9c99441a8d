-- name: put
-- Keeps a package; the same name and version again replaces it.
insert into conformance_package (name, version, added_by, content) values ($1, $2, $3, $4)
on conflict (name, version) do update
set content = excluded.content, added_by = excluded.added_by, added = now()

-- name: remove
-- Takes a package away.
delete from conformance_package where name = $1 and version = $2 returning name

-- name: every
-- What there is, oldest first: later ones hide what earlier ones define at the same address.
select name, version, added, added_by from conformance_package order by added, name, version

-- name: contents
-- The files, in the same order.
select content from conformance_package order by added, name, version

-- name: state
-- Changes with every addition and removal.
select count(*)::text || ' ' || coalesce(max(added)::text, '') from conformance_package
