-- name: proxy
-- A right to act for somebody.
INSERT INTO proxy (id, proxy, person, relation, rights, granted_by, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: end
-- Says who ended it and why; nothing where it was over.
UPDATE proxy p SET ended = $2, ended_by = $3, ended_reason = $4
FROM own_link l
WHERE p.id = $1 AND l.id = p.id AND p.ended IS NULL AND (l.until IS NULL OR l.until > $2)
RETURNING true

-- name: acting_for
-- For whom somebody may act now.
SELECT p.*, l.since, l.until FROM proxy p JOIN own_link l USING (id)
WHERE p.proxy = $1 AND l.since <= $2 AND (l.until IS NULL OR l.until > $2)
ORDER BY l.since, p.id

-- name: of
-- Who may act for somebody, and who might, the newest first.
SELECT p.*, l.since, l.until FROM proxy p JOIN own_link l USING (id)
WHERE p.person = $1 ORDER BY l.since DESC, p.id
