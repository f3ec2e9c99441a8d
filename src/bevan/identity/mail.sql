-- name: add
-- Keep an email of a demonstration.
INSERT INTO outbox (at, recipient, subject, body) VALUES ($1, $2, $3, $4)

-- name: latest
-- The newest emails of a demonstration.
SELECT at, recipient, subject, body FROM outbox ORDER BY id DESC LIMIT $1
