-- name: add
-- Keeps a dictionary under the next free number, once; the lock serialises several processes.
with locked as materialized (select pg_advisory_xact_lock(hashtext('content_dict')))
insert into content_dict (n, digest, dict)
select coalesce((select max(n) from content_dict), 1) + 1, $1::bytea, $2::bytea
from locked
on conflict (digest) do nothing

-- name: numbers
-- The number of each dictionary.
select n, digest from content_dict

-- name: all
-- Every dictionary: none may ever be missing.
select n, dict from content_dict
