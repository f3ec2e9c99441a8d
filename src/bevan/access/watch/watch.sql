-- name: cursor
-- Up to which transaction of the audit looks were watched.
SELECT txid FROM watch_cursor;

-- name: mark
-- Everything before this transaction is settled.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint;

-- name: advance
-- Moves the cursor from where it was; somebody else who moved it has done the same work.
INSERT INTO watch_cursor AS w (txid) VALUES ($2)
ON CONFLICT (one) DO UPDATE SET txid = excluded.txid WHERE w.txid = $1;

-- name: looks
-- Who opened whose record for care in some transactions, once for each day.
SELECT DISTINCT ON (g.id, g.organisation, a.patient, day) a.patient, a.at, g.id AS actor, g.name,
  g.role, g.organisation, g.organisation_name, (a.at AT TIME ZONE 'Europe/London')::date AS day
FROM audit a JOIN agent g ON g.n = a.agent JOIN purpose p ON p.n = a.purpose
WHERE a.txid >= $1 AND a.txid < $2 AND a.patient IS NOT NULL AND a.outcome = '+'
  AND a.action <> 'n' AND a.type IS DISTINCT FROM 'AuditEvent'
  AND g.kind = 'practitioner' AND p.purpose = 'direct-care'
ORDER BY g.id, g.organisation, a.patient, day, a.at;

-- name: links
-- The links with a person that some holders had at a moment, by kind.
SELECT kind FROM relationship
WHERE patient = $1 AND holder = ANY($2::uuid[]) AND since <= $3 AND (until IS NULL OR until > $3)
UNION
SELECT kind FROM own_link
WHERE patient = $1 AND holder = ANY($2::uuid[]) AND since <= $3 AND (until IS NULL OR until > $3);

-- name: protected
-- Whether a person is protected.
SELECT EXISTS (SELECT FROM restricted_person WHERE patient = $1);

-- name: colleague
-- Whether somebody among these has acted for that organisation.
SELECT EXISTS (
  SELECT FROM agent WHERE kind = 'practitioner' AND id = ANY($1::text[]) AND organisation = $2);

-- name: people
-- How many people somebody's looks on a day were about.
SELECT count(DISTINCT a.patient)
FROM audit a JOIN agent g ON g.n = a.agent
WHERE a.agent = ANY(ARRAY(SELECT n FROM agent WHERE kind = 'practitioner' AND id = $1))
  AND a.at >= $2::date::timestamp AT TIME ZONE 'Europe/London'
  AND a.at < ($2::date + 1)::timestamp AT TIME ZONE 'Europe/London'
  AND a.outcome = '+' AND a.action <> 'n';

-- name: raise
-- Keeps a case, once for each rule, actor, person and day.
INSERT INTO watch_case (id, rule, actor, actor_name, role, organisation, organisation_name, patient,
  day, first, raised)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (rule, actor, organisation, patient, day) DO NOTHING;

-- name: list
-- Cases by state and rule, the newest first, after some.
SELECT * FROM watch_case
WHERE (outcome IS NULL) = $1 AND ($2 = '' OR rule = $2)
ORDER BY first DESC, id DESC LIMIT $3 OFFSET $4;

-- name: counts
-- How many cases wait, by rule.
SELECT rule, count(*) FROM watch_case WHERE outcome IS NULL GROUP BY rule;

-- name: one
-- One case.
SELECT * FROM watch_case WHERE id = $1;

-- name: entries
-- What the audit says of a case's actor and person on its day, at most so many.
SELECT a.at, a.action::text AS action, a.type, a.entries, a.request, p.purpose
FROM audit a JOIN agent g ON g.n = a.agent JOIN purpose p ON p.n = a.purpose
WHERE g.kind = 'practitioner' AND g.id = $1 AND ($2::uuid IS NULL OR a.patient = $2)
  AND a.agent = ANY(ARRAY(SELECT n FROM agent WHERE kind = 'practitioner' AND id = $1))
  AND a.at >= $3::date::timestamp AT TIME ZONE 'Europe/London'
  AND a.at < ($3::date + 1)::timestamp AT TIME ZONE 'Europe/London'
  AND a.outcome = '+' AND a.action <> 'n' AND a.patient IS NOT NULL
ORDER BY a.at LIMIT $4;

-- name: decide
-- Keeps what a privacy officer found, once.
UPDATE watch_case SET outcome = $2, words = $3, reviewer = $4, reviewer_name = $5, reviewed = $6
WHERE id = $1 AND outcome IS NULL RETURNING id;
