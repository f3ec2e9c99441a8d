-- name: epoch
-- The feed's current epoch, and the place before which removals are no longer told.
select (select max(epoch) from feed_epoch) as epoch,
  (select value::bigint from bevan_mark where name = 'feed horizon') as horizon

-- name: mark
-- How far the feed reaches now.
select (select max(epoch) from feed_epoch) as epoch,
  pg_snapshot_xmin(pg_current_snapshot())::text::bigint as mark

-- name: lag
-- Seconds since the oldest version was written that the feed doesn't reach yet; 0 without one.
select coalesce(extract(epoch from $1::timestamptz - min(last_updated)), 0)::float8
from resource
where txid >= pg_snapshot_xmin(pg_current_snapshot())

-- name: raise_epoch
-- Starts a new epoch: after a restore, a failover or an upgrade.
insert into feed_epoch (epoch, reason) select max(epoch) + 1, $1 from feed_epoch returning epoch

-- name: page
-- Versions in the order of their transactions, up to where no transaction is still open: whatever
-- commits later comes later, so nothing is missed.
with w as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as mark)
select page.*, w.mark::text::bigint as mark
from w left join lateral (
  select * from (
    (select v.txid::text::bigint as txid, v.rkey, v.type, v.id, v.version, v.last_updated,
       v.deleted, v.enc, v.content, v.patient, v.patients, v.labels, v.agent, v.source
     from resource v
     where v.txid >= $1::text::xid8 and v.txid < (select mark from w)
       and (v.txid > $1::text::xid8 or v.rkey > $2::bigint) and ({version}) and {type}
     order by v.txid, v.rkey limit $3::int)
    union all
    (select v.txid::text::bigint, v.rkey, v.type, v.id, v.version, v.last_updated,
       v.deleted, v.enc, v.content, v.patient, v.patients, v.labels, v.agent, v.source
     from resource_history v
     where v.txid >= $1::text::xid8 and v.txid < (select mark from w)
       and (v.txid > $1::text::xid8 or v.rkey > $2::bigint) and ({version}) and {type}
       and {current}
     order by v.txid, v.rkey limit $3::int)
  ) both_kinds
  order by txid, rkey limit $3::int
) page on true
