-- name: listed
-- The added parameters that are in use, and whether every row is indexed by each.
select definition, state = 'ready' as ready from search_parameter
where state <> 'refused' order by url;

-- name: stored
-- The SearchParameters that stand, of those that systems wrote, with their content.
select r.id, r.version, r.enc, r.content
from resource r join agent a on a.n = r.agent
where r.type = 'SearchParameter' and not r.deleted and a.kind = 'system'
order by r.id collate "C";

-- name: taken
-- Which version of which SearchParameter was taken for each address.
select url, id, version from search_parameter;

-- name: take
-- A new definition, from the beginning.
insert into search_parameter (url, id, version, definition, types, state, reason, since)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (url) do update set
  id = excluded.id, version = excluded.version, definition = excluded.definition,
  types = excluded.types, state = excluded.state, reason = excluded.reason, since = excluded.since,
  horizon = null, place = 0, rows = null, looked = 0, found = 0, finished = null;

-- name: drop
-- What isn't there any more, or isn't active.
delete from search_parameter where url <> all($1::text[]);

-- name: begin
-- Every process has learnt these by now: what is being written without them has yet to end.
update search_parameter p set state = 'indexing',
  horizon = pg_current_xact_id(),
  rows = (select count(*) from resource r where r.type = any(p.types) and not r.deleted)
where state = 'starting' and since <= $1;

-- name: next
-- One parameter whose rows can be read now; another process that reads it makes this one wait.
select url, types, definition, place from search_parameter
where state = 'indexing' and horizon <= pg_snapshot_xmin(pg_current_snapshot())
order by url limit 1 for update;

-- name: rows
-- The next rows, kept from writers for as long as the step takes.
select r.rkey, r.type, r.enc, r.content from resource r
where r.type = any($1::text[]) and r.rkey > $2 and not r.deleted
order by r.rkey limit $3 for no key update;

-- name: impatient
-- A writer is never kept waiting for a step: the step gives way, and is done again.
set local lock_timeout = '200ms';

-- name: tokens
-- The tokens of one row.
update resource set tokens = $3 where type = $1 and rkey = $2;

-- name: clear_numbers
-- The ranges of these rows.
delete from idx_num where rkey = any($1::bigint[]);

-- name: clear_strings
-- The texts of these rows.
delete from idx_str where rkey = any($1::bigint[]);

-- name: numbers
-- Their ranges anew.
insert into idx_num (hash, lo, hi, rkey)
select * from unnest($1::bigint[], $2::float8[], $3::float8[], $4::bigint[]);

-- name: strings
-- Their texts anew.
insert into idx_str (hash, val, rkey)
select * from unnest($1::bigint[], $2::text[], $3::bigint[]);

-- name: advance
-- How far it is now, and what has been counted; with nothing left, it is ready.
update search_parameter set place = $2, looked = looked + $3, found = found + $4,
  state = case when $5 then 'ready' else state end,
  finished = case when $5 then $6::timestamptz end
where url = $1;

-- name: status
-- Every added parameter and how far it is.
select url, id, version, types, definition, state, reason, since, rows, looked, found, finished
from search_parameter order by url;
