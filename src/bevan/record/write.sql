-- name: current
-- What stands now at some (type, id), and whether each scope may see it; locks nothing.
select u.n, r.rkey, r.version, r.last_updated, r.deleted, r.enc, r.content, r.patient, r.patients,
  r.labels, r.bucket, r.agent, r.source, r.sealer,
  (
    r.labels & u.hidden = 0 or r.labels & u.hidden & ~24 = 0 and unsealed(
      r.labels, u.hidden, r.sealer, r.patient, u.holders::uuid[], u.at)) and (
    u.system
    or r.patient is not null and (u.people is null or r.patient = any(u.people::uuid[])) and (
      u.refusals is null or not exists (
        select from refusal x
        where x.patient = r.patient and x.kind = any(u.refusals::text[]))) and (
      u.holders is null or exists (
        select from relationship h
        where h.holder = any(u.holders::uuid[]) and h.patient = r.patient
          and h.since <= u.at and (h.until is null or h.until > u.at)))
    or r.patient is null and r.patients is not null and not exists (
      select from unnest(r.patients) p (person)
      where not (
        (u.people is null or p.person = any(u.people::uuid[])) and (
          u.refusals is null or not exists (
            select from refusal x
            where x.patient = p.person and x.kind = any(u.refusals::text[]))) and (
          u.holders is null or exists (
            select from relationship h
            where h.holder = any(u.holders::uuid[]) and h.patient = p.person
              and h.since <= u.at and (h.until is null or h.until > u.at)))))
  ) as visible
from unnest(
  $1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bool[], $7::timestamptz[],
  $8::text[]
) with ordinality as u (type, id, holders, people, hidden, system, at, refusals, n)
cross join lateral (
  select * from resource where resource.type = u.type and resource.id = u.id offset 0
) r

-- name: create
-- Writes new resources, their side rows and the audit of them; a row whose actor has no
-- relationship with its person is left out and audited as not there.
with i as materialized (
  select u.*, u.holders is null or case
    when u.patient is not null then exists (
      select from relationship h
      where h.holder = any(u.holders::uuid[]) and h.patient = u.patient
        and h.since <= u.at and (h.until is null or h.until > u.at))
    else not exists (
      select from unnest(u.patients::uuid[]) p (person)
      where not exists (
        select from relationship h
        where h.holder = any(u.holders::uuid[]) and h.patient = p.person
          and h.since <= u.at and (h.until is null or h.until > u.at)))
    end as permitted
  from unnest(
    $1::bigint[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::int[], $7::int[],
    $8::int[], $9::smallint[], $10::smallint[], $11::uuid[], $12::text[], $13::bigint[],
    $14::timestamptz[], $15::timestamptz[], $16::bigint[], $17::bytea[], $18::text[],
    $19::int[], $20::int[], $21::int[], $22::int[], $23::int[], $24::int[], $25::int[], $26::int[],
    $48::uuid[]
  ) with ordinality as u (
    rkey, type, id, version, at, labels, agent, source, bucket, enc, patient, patients, code,
    low, high, present, content, holders,
    token_from, token_to, number_from, number_to, string_from, string_to, code_from, code_to, sealer, n)
),
r as (
  insert into resource (
    rkey, type, id, version, last_updated, labels, agent, source, bucket, enc, patient, patients,
    code, low, high, present, content, sealer, tokens)
  select rkey, type, id, version, at, labels, agent, source, bucket, enc, patient,
    patients::uuid[], code, low, high, present, content, sealer,
    ($27::bigint[])[token_from:token_to]
  from i where permitted
),
numbers as (
  insert into idx_num (hash, lo, hi, rkey)
  select e.hash, e.lo, e.hi, i.rkey
  from i, lateral unnest(
    ($28::bigint[])[number_from:number_to], ($29::float8[])[number_from:number_to],
    ($30::float8[])[number_from:number_to]) e (hash, lo, hi)
  where i.permitted
),
strings as (
  insert into idx_str (hash, rkey, val)
  select e.hash, i.rkey, e.val
  from i, lateral unnest(
    ($31::bigint[])[string_from:string_to], ($32::text[])[string_from:string_to]) e (hash, val)
  where i.permitted
),
codes as (
  insert into idx_code (code, rkey, date, patient)
  select e.code, i.rkey, i.low, i.patient
  from i, lateral unnest(($33::bigint[])[code_from:code_to]) e (code)
  where i.permitted
),
flags as materialized (select array_agg(permitted order by n) as ok from i),
audited as (
  insert into audit (
    at, agent, purpose, version, entries, patient, action, outcome, request, type, id, query)
  select e.at, e.agent, e.purpose, e.version, e.entries,
    case when e.row is null or f.ok[e.row] then e.patient end,
    e.action::"char",
    case when e.row is null or f.ok[e.row] then e.outcome else '-' end::"char",
    e.request, e.type, e.id, e.query
  from flags f, unnest(
    $34::timestamptz[], $35::int[], $36::int[], $37::int[], $38::int[], $39::uuid[], $40::text[],
    $41::text[], $42::text[], $43::text[], $44::text[], $45::text[], $46::int[]
  ) as e (
    at, agent, purpose, version, entries, patient, action, outcome, request, type, id, query, row)
),
woken as materialized (
  select pg_notify('bevan_feed', '') from flags where $47 and true = any(ok)
)
select ok, (select count(*) from woken) from flags

-- name: change
-- Writes new versions over known ones and moves the old ones to the history. Rows are locked in
-- (type, id) order; a row that somebody else has changed meanwhile is left alone and not audited.
with i as materialized (
  select u.*, u.holders is null or case
    when u.patient is not null then exists (
      select from relationship h
      where h.holder = any(u.holders::uuid[]) and h.patient = u.patient
        and h.since <= u.at and (h.until is null or h.until > u.at))
    else not exists (
      select from unnest(u.patients::uuid[]) p (person)
      where not exists (
        select from relationship h
        where h.holder = any(u.holders::uuid[]) and h.patient = p.person
          and h.since <= u.at and (h.until is null or h.until > u.at)))
    end as permitted
  from unnest(
    $1::bigint[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::int[], $7::int[],
    $8::int[], $9::smallint[], $10::smallint[], $11::uuid[], $12::text[], $13::bigint[],
    $14::timestamptz[], $15::timestamptz[], $16::bigint[], $17::bytea[], $18::text[],
    $19::int[], $20::int[], $21::int[], $22::int[], $23::int[], $24::int[], $25::int[], $26::int[],
    $48::int[], $49::bool[], $50::bool[], $51::int[], $52::int[], $54::uuid[]
  ) with ordinality as u (
    rkey, type, id, version, at, labels, agent, source, bucket, enc, patient, patients, code,
    low, high, present, content, holders,
    token_from, token_to, number_from, number_to, string_from, string_to, code_from, code_to,
    expected, deleted, renew, gone_from, gone_to, sealer, n)
),
old as materialized (
  select i.*, r.txid as old_txid, r.last_updated as old_at, r.version as old_version,
    r.labels as old_labels, r.agent as old_agent, r.source as old_source,
    r.bucket as old_bucket, r.enc as old_enc, r.patient as old_patient,
    r.low as old_low, r.patients as old_patients, r.deleted as old_deleted, r.content as old_content,
    r.sealer as old_sealer
  from i join resource r on r.type = i.type and r.id = i.id and r.version = i.expected
  where i.permitted
  order by i.type, i.id
  for update of r
),
kept as (
  insert into resource_history (
    rkey, txid, last_updated, version, labels, agent, source, bucket, enc, patient, deleted, type,
    id, patients, content, sealer)
  select rkey, old_txid, old_at, old_version, old_labels, old_agent, old_source, old_bucket,
    old_enc, old_patient, old_deleted, type, id, old_patients, old_content, old_sealer
  from old
),
r as (
  update resource r
  set txid = pg_current_xact_id(), version = o.version, last_updated = o.at, labels = o.labels,
    agent = o.agent, source = o.source, bucket = o.bucket, enc = o.enc, patient = o.patient,
    patients = o.patients::uuid[], code = o.code, low = o.low, high = o.high,
    present = o.present, content = o.content, deleted = o.deleted,
    sealer = o.sealer,
    tokens = ($27::bigint[])[o.token_from:o.token_to]
  from old o where r.type = o.type and r.id = o.id
),
no_numbers as (delete from idx_num d using old o where o.renew and d.rkey = o.rkey),
no_strings as (delete from idx_str d using old o where o.renew and d.rkey = o.rkey),
no_codes as (
  delete from idx_code d
  using old o, lateral unnest(($53::bigint[])[o.gone_from:o.gone_to]) e (code)
  where d.code = e.code and d.date = o.old_low and d.rkey = o.rkey
),
no_undated_codes as (
  delete from idx_code d
  using old o, lateral unnest(($53::bigint[])[o.gone_from:o.gone_to]) e (code)
  where o.old_low is null and d.code = e.code and d.date is null and d.rkey = o.rkey
),
numbers as (
  insert into idx_num (hash, lo, hi, rkey)
  select e.hash, e.lo, e.hi, o.rkey
  from old o, lateral unnest(
    ($28::bigint[])[number_from:number_to], ($29::float8[])[number_from:number_to],
    ($30::float8[])[number_from:number_to]) e (hash, lo, hi)
  where o.renew
),
strings as (
  insert into idx_str (hash, rkey, val)
  select e.hash, o.rkey, e.val
  from old o, lateral unnest(
    ($31::bigint[])[string_from:string_to], ($32::text[])[string_from:string_to]) e (hash, val)
  where o.renew
),
codes as (
  insert into idx_code (code, rkey, date, patient)
  select e.code, o.rkey, o.low, o.patient
  from old o, lateral unnest(($33::bigint[])[code_from:code_to]) e (code)
  where o.renew
),
flags as materialized (
  select array_agg(permitted order by n) as ok,
    coalesce((select array_agg(n) from old), '{}') as applied
  from i
),
audited as (
  insert into audit (
    at, agent, purpose, version, entries, patient, action, outcome, request, type, id, query)
  select e.at, e.agent, e.purpose, e.version, e.entries,
    case when e.row is null or f.ok[e.row] then e.patient end,
    e.action::"char",
    case when e.row is null or f.ok[e.row] then e.outcome else '-' end::"char",
    e.request, e.type, e.id, e.query
  from flags f, unnest(
    $34::timestamptz[], $35::int[], $36::int[], $37::int[], $38::int[], $39::uuid[], $40::text[],
    $41::text[], $42::text[], $43::text[], $44::text[], $45::text[], $46::int[]
  ) as e (
    at, agent, purpose, version, entries, patient, action, outcome, request, type, id, query, row)
  where e.row is null or not f.ok[e.row] or e.row = any(f.applied)
),
woken as materialized (
  select pg_notify('bevan_feed', '') from flags where $47 and applied <> '{}'
)
select ok, applied, (select count(*) from woken) from flags

-- name: keys
-- Takes a block of 1,000 row keys; the block starts at the answer.
select nextval('rkey_seq')

-- name: wake
-- Tells the readers of the feed that there is more.
select pg_notify('bevan_feed', '')
