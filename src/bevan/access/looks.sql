-- name: looks
-- Who looked at a person, or changed something about them: entries of one actor for one purpose
-- that follow one another within half an hour are one look. Newest first, with what all have in
-- common; an emergency is a look while its opener's claim was in force.
WITH seen AS (
  SELECT a.at, a.agent, a.purpose, a.action::text, a.type,
    a.at - lag(a.at) OVER (PARTITION BY a.agent, a.purpose ORDER BY a.at)
      <= interval '30 minutes' AS goes_on
  FROM audit a
  WHERE a.patient = $1 AND a.at >= $2 AND a.at < $3 AND a.outcome = '+'
), numbered AS (
  SELECT s.*, count(*) FILTER (WHERE s.goes_on IS NOT TRUE)
    OVER (PARTITION BY s.agent, s.purpose ORDER BY s.at ROWS UNBOUNDED PRECEDING) AS look
  FROM seen s
), looks AS (
  SELECT agent, purpose, min(at) AS began, max(at) AS ended,
    array_agg(DISTINCT type) FILTER (WHERE action IN ('r', 'v', 's', 'h', 'f')) AS saw,
    array_agg(DISTINCT type) FILTER (WHERE action IN ('c', 'u', 'p', 'd', 'i')) AS changed,
    array_agg(DISTINCT action) AS actions
  FROM numbered GROUP BY agent, purpose, look
), told AS (
  SELECT l.*, g.kind, g.id AS actor, g.role, g.organisation, g.organisation_name, p.purpose AS why
  FROM looks l JOIN agent g ON g.n = l.agent JOIN purpose p ON p.n = l.purpose
  WHERE NOT (g.kind = 'patient' AND g.id = $4)
), chosen AS (
  SELECT * FROM told
  WHERE (kind = 'system') = $5 AND ($6 = '' OR organisation = $6)
), counts AS (
  SELECT count(*) FILTER (WHERE kind = 'system') AS systems,
    count(DISTINCT (kind, actor)) FILTER (WHERE kind <> 'system') AS people,
    count(DISTINCT organisation) FILTER (WHERE kind <> 'system' AND organisation <> '')
      AS organisations,
    (SELECT count(*) FROM chosen) AS looks
  FROM told
)
SELECT c.*, page.*, claim.outcome AS reviewed, claim.id IS NOT NULL AS emergency
FROM counts c LEFT JOIN LATERAL (
  SELECT * FROM chosen ORDER BY ended DESC, agent, purpose LIMIT $7 OFFSET $8
) page ON true LEFT JOIN LATERAL (
  SELECT k.id, k.outcome FROM claim k JOIN own_link o ON o.id = k.id
  WHERE k.person = $4 AND k.actor = page.actor AND o.kind = 'emergency'
    AND o.since <= page.ended AND (o.until IS NULL OR o.until > page.began)
  LIMIT 1
) claim ON true
ORDER BY page.ended DESC, page.agent, page.purpose;

-- name: organisations
-- The organisations whose people looked at a person in that time, by name.
SELECT DISTINCT g.organisation, g.organisation_name
FROM audit a JOIN agent g ON g.n = a.agent
WHERE a.patient = $1 AND a.at >= $2 AND a.at < $3 AND a.outcome = '+' AND g.kind <> 'system'
  AND g.organisation <> '' AND NOT (g.kind = 'patient' AND g.id = $4)
ORDER BY 2, 1;
