-- name: ask
-- Keep what somebody asks to be allowed to do for another person.
INSERT INTO proxy_request (id, account, proxy, proxy_name, person, person_name, organisation, born, relation, rights, words, until, made)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: waiting
-- What waits for a practice's decision, the oldest first.
SELECT * FROM proxy_request WHERE organisation = $1 AND decided IS NULL ORDER BY made, id LIMIT 50

-- name: find
-- What waits for a practice's decision.
SELECT * FROM proxy_request WHERE id = $1 AND organisation = $2 AND decided IS NULL

-- name: of
-- What somebody has asked for, the newest first.
SELECT * FROM proxy_request WHERE account = $1 ORDER BY made DESC LIMIT 20

-- name: decide
-- Decide; no row when somebody else did.
UPDATE proxy_request SET decided = $2, granted = $3, reason = $4 WHERE id = $1 AND decided IS NULL RETURNING id
