-- name: waiting
-- Rows that only the system sees so far, in the order of their keys.
select rkey, version, enc, content
from resource
where patient is null and patients is null and not deleted and rkey > $1
order by rkey
limit $2

-- name: found
-- Sets whom a row is about, in its old versions too. It takes a new place in the feed, since those
-- who follow the feed for somebody's sake have not been told of it.
with r as (
  update resource
  set patient = $3::uuid, patients = $4::uuid[], bucket = $5::smallint,
    txid = pg_current_xact_id()
  where rkey = $1 and version = $2 and patient is null and patients is null
  returning rkey, type, id, low
),
c as (
  update idx_code x set patient = $3::uuid
  from r
  where x.code = any($6::bigint[]) and x.rkey = r.rkey
    and (x.date = r.low or x.date is null and r.low is null)
)
update resource_history h set patient = $3::uuid, patients = $4::uuid[], bucket = $5::smallint
from r
where h.type = r.type and h.id = r.id and h.patient is null and h.patients is null
