-- name: insert
-- Writes audit entries that stand alone.
insert into audit (
  at, agent, purpose, version, entries, patient, action, outcome, request, type, id, query)
select at, agent, purpose, version, entries, patient, action::"char", outcome::"char", request,
  type, id, query
from unnest(
  $1::timestamptz[], $2::int[], $3::int[], $4::int[], $5::int[], $6::uuid[], $7::text[],
  $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]
) as e (at, agent, purpose, version, entries, patient, action, outcome, request, type, id, query)
