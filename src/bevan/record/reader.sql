-- name: read
-- Reads many resources for many scopes and writes who saw what, in one statement: what a scope
-- doesn't allow is not there, and the audit of both is the same.
with u as (
  select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bool[], $7::timestamptz[],
    $8::text[], $9::bool[], $10::int[], $11::int[], $12::text[]
  ) with ordinality as u (
    type, id, holders, people, hidden, system, at, refusals, may, agent, purpose, request, n)
),
seen as materialized (
  select u.n, u.type, u.id, u.at, u.agent as reader, u.purpose, u.request, r.version,
    r.last_updated, r.deleted, r.enc, r.content, r.patient, r.patients, r.agent, r.source
  from u left join lateral (
    select * from resource r
    where r.type = u.type and r.id = u.id and u.may and (
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
    )
    offset 0
  ) r on true
),
audited as (
  insert into audit (
    at, agent, purpose, version, entries, patient, action, outcome, request, type, id)
  select at, reader, purpose, version, 1, p.person, 'r',
    case when version is null then '-' else '+' end::"char", request, type, id
  from seen, unnest(
    case when patient is null and patients <> '{}' then patients else array[patient] end) p (person)
)
select n, version, last_updated, deleted, enc, content, patient, patients, agent, source from seen

-- name: vread
-- One version of a resource, or the current one, if both it and the current one may be seen.
with r as (
  select type, id, version, last_updated, deleted, enc, content, patient, patients, labels, agent,
    source, sealer
  from resource where type = $1 and id = $2
),
v as (
  select * from r where version = $3 or $3::int is null
  union all
  select type, id, version, last_updated, deleted, enc, content, patient, patients, labels, agent,
    source, sealer
  from resource_history where type = $1 and id = $2 and version = $3
)
select v.type, v.version, v.last_updated, v.deleted, v.enc, v.content, v.patient, v.patients, v.agent,
  v.source
from v join r on true
where {current} and {version}
