-- name: records
-- The records of a person, their own and those that were merged into it and still are; and up to
-- which transaction looks are gathered.
WITH RECURSIVE own (id) AS (
  SELECT $1::text
  UNION
  SELECT m.merged FROM person_merge m JOIN own ON m.survivor = own.id
  WHERE m.state IN ('moving', 'merged')
)
SELECT id, coalesce((SELECT txid FROM look_cursor), 0) AS gathered FROM own;

-- name: newer
-- Entries about some records that no look holds yet.
SELECT a.patient, a.agent, a.purpose, a.at, a.action::text AS action, a.type,
  g.kind, g.id, g.name, g.role, g.organisation, g.organisation_name, g.app, p.purpose AS why
FROM audit a JOIN agent g ON g.n = a.agent JOIN purpose p ON p.n = a.purpose
WHERE a.txid >= $2 AND a.patient = ANY($1::uuid[]) AND a.outcome = '+' AND a.action <> 'n';

-- name: continued
-- Looks that some of those entries continue.
SELECT DISTINCT l.patient, l.agent, l.purpose, l.began, l.ended, l.saw, l.changed
FROM unnest($1::uuid[], $2::int[], $3::int[], $4::timestamptz[])
  AS e (patient, agent, purpose, at)
JOIN look l ON l.patient = e.patient AND l.agent = e.agent AND l.purpose = e.purpose
  AND l.ended >= e.at - interval '30 minutes' AND l.began <= e.at + interval '30 minutes';

-- name: page
-- Looks at some records after a place in their order, newest first, of people or of computers, of
-- one organisation or of all; of the person themselves only what their apps looked at.
SELECT l.*, why.purpose AS why
FROM unnest($1::uuid[]) AS p (patient) CROSS JOIN LATERAL (
  SELECT l.*, g.kind, g.id, g.name, g.role, g.organisation, g.organisation_name, g.app
  FROM look l JOIN agent g ON g.n = l.agent
  WHERE l.patient = p.patient AND l.system = $2 AND l.ended >= $3 AND l.began < $4
    AND ($5::timestamptz IS NULL
      OR (l.ended <= $5 AND (l.ended, l.agent, l.purpose, l.patient) < ($5, $6, $7, $8::uuid)))
    AND NOT (g.kind = 'patient' AND g.id = ANY($9::text[]) AND g.app = '')
    AND ($10 = '' OR g.organisation = $10)
  ORDER BY l.ended DESC, l.agent DESC, l.purpose DESC LIMIT $11
) l JOIN purpose why ON why.n = l.purpose
ORDER BY l.ended DESC, l.agent DESC, l.purpose DESC, l.patient DESC LIMIT $11;

-- name: counts
-- How many people, organisations and computers have looked since a moment, and which organisations;
-- the second list of actors is of those whose looks aren't gathered yet.
SELECT count(DISTINCT (g.kind, g.id)) FILTER (WHERE g.kind NOT IN ('system', 'device')) AS people,
  count(DISTINCT g.id) FILTER (WHERE g.kind = 'system') AS systems,
  array_agg(DISTINCT ARRAY[g.organisation_name, g.organisation])
    FILTER (WHERE g.kind <> 'system' AND g.organisation <> '') AS organisations
FROM (
  SELECT agent FROM looker WHERE patient = ANY($1::uuid[]) AND last >= $2
  UNION SELECT unnest($3::int[])
) e JOIN agent g ON g.n = e.agent
WHERE NOT (g.kind = 'patient' AND g.id = ANY($4::text[]));

-- name: relations
-- What those who act for a person by a right are to them, the newest right last.
SELECT proxy, relation FROM proxy
WHERE person = ANY($1::text[]) AND proxy = ANY($2::text[]) ORDER BY id;

-- name: emergencies
-- When some actors' openings in an emergency of somebody's records were in force, and what the
-- privacy officer said of each.
SELECT k.actor, o.since, o.until, k.outcome
FROM claim k JOIN own_link o ON o.id = k.id
WHERE k.person = ANY($1::text[]) AND o.kind = 'emergency' AND k.actor = ANY($2::text[])
ORDER BY o.since;
