-- name: search
-- Entries that meet some conditions, newest first, after some that were shown already.
SELECT a.at, a.agent, a.purpose AS why, a.version, a.entries, a.patient, a.action::text AS action,
  a.outcome::text AS outcome, a.request, a.type, a.id, a.query,
  g.kind, g.id AS actor, g.name, g.role, g.organisation, g.organisation_name, g.app,
  p.purpose
FROM audit a JOIN agent g ON g.n = a.agent JOIN purpose p ON p.n = a.purpose
WHERE ($1::uuid[] IS NULL OR a.patient = ANY($1))
  AND ($2::text IS NULL OR a.agent = ANY(ARRAY(SELECT n FROM agent WHERE id = $2)))
  AND a.at >= $3 AND a.at < $4 AND a.at <= $5
  AND ($6::text[] IS NULL OR a.action::text = ANY($6))
  AND ($7::text[] IS NULL OR a.outcome::text = ANY($7))
  AND ($8::text IS NULL OR a.type = $8)
  AND ($9::text IS NULL OR a.id = $9)
ORDER BY a.at DESC, a.agent, a.request, a.action, a.type, a.id, a.patient, a.outcome, a.purpose,
  a.version, a.query
LIMIT $10 OFFSET $11;

-- name: at
-- Entries of one actor at one moment.
SELECT a.at, a.agent, a.purpose AS why, a.version, a.entries, a.patient, a.action::text AS action,
  a.outcome::text AS outcome, a.request, a.type, a.id, a.query,
  g.kind, g.id AS actor, g.name, g.role, g.organisation, g.organisation_name, g.app,
  p.purpose
FROM audit a JOIN agent g ON g.n = a.agent JOIN purpose p ON p.n = a.purpose
WHERE a.agent = $1 AND a.at = $2;
