-- name: use
-- Mark a value as used; no row when it already was.
INSERT INTO used_once (kind, digest, until) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING 1

-- name: sweep
-- Forget what would be refused for its age anyhow.
DELETE FROM used_once WHERE until <= $1
