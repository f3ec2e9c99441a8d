-- name: link
-- A link that somebody made; it counts from now on, unless the person objects to sharing.
WITH made AS (
    INSERT INTO own_link (id, kind, holder, patient, since, until)
    VALUES ($1, $2, $3, $4, $5, $6)
    RETURNING *
)
INSERT INTO relationship AS r (holder, patient, kind, since, until)
SELECT holder, patient, kind, since, until FROM made m
WHERE m.kind = 'proxy'
   OR NOT EXISTS (SELECT FROM refusal x WHERE x.patient = m.patient AND x.kind = 'sharing')
ON CONFLICT (holder, patient, kind, since) DO UPDATE SET until = excluded.until

-- name: unlink
-- Ends a link now: whatever was asked before stays as it was.
WITH over AS (
    UPDATE own_link SET until = $2
    WHERE id = $1 AND (until IS NULL OR until > $2)
    RETURNING holder, patient, kind, since, until
)
UPDATE relationship r SET until = o.until
FROM over o
WHERE (r.holder, r.patient, r.kind, r.since) = (o.holder, o.patient, o.kind, o.since)

-- name: claim
-- Why a professional made a link.
INSERT INTO claim (
    id, person, actor, actor_name, role, organisation, organisation_name, reason, words, agrees,
    confirmed, review_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: one
-- One claim.
SELECT c.*, l.kind, l.since, l.until FROM claim c JOIN own_link l USING (id) WHERE c.id = $1

-- name: in_force
-- The newest claim of somebody at an organisation on a person, if it is still on.
SELECT c.*, l.kind, l.since, l.until FROM claim c JOIN own_link l USING (id)
WHERE l.holder = $1 AND l.patient = $2 AND l.kind = $3 AND l.since <= $4 AND l.until > $4
ORDER BY l.since DESC LIMIT 1

-- name: waiting
-- Claims that nobody has looked at yet, the most urgent first.
SELECT c.*, l.kind, l.since, l.until FROM claim c JOIN own_link l USING (id)
WHERE c.outcome IS NULL ORDER BY c.review_by, c.id LIMIT 500

-- name: reviewed
-- Claims that were looked at, the newest first.
SELECT c.*, l.kind, l.since, l.until FROM claim c JOIN own_link l USING (id)
WHERE c.outcome IS NOT NULL ORDER BY c.reviewed DESC, c.id LIMIT 50

-- name: about
-- Claims on a person's record, the newest first.
SELECT c.*, l.kind, l.since, l.until FROM claim c JOIN own_link l USING (id)
WHERE c.person = $1 ORDER BY l.since DESC, c.id LIMIT 500

-- name: by_actor
-- What somebody claimed since a time, the newest first.
SELECT c.*, l.kind, l.since, l.until FROM claim c JOIN own_link l USING (id)
WHERE c.actor = $1 AND l.since >= $2 ORDER BY l.since DESC, c.id LIMIT 500

-- name: review
-- Says what a privacy officer found; nothing where it was said already.
UPDATE claim SET outcome = $2, reviewed = $3, reviewer = $4, reviewer_words = $5
WHERE id = $1 AND outcome IS NULL
RETURNING true
