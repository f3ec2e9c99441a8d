-- name: count
-- Note a try and say how many there were since a moment, this one included.
WITH tried AS (INSERT INTO attempt (key, at) VALUES ($1, $2) RETURNING 1)
SELECT 1 + count(*) FROM attempt WHERE key = $1 AND at > $3

-- name: lately
-- How many tries there were since a moment.
SELECT count(*) FROM attempt WHERE key = $1 AND at > $2

-- name: forgive
-- Forget the tries of a key.
DELETE FROM attempt WHERE key = $1

-- name: sweep
-- Remove tries that no rule looks at any more.
DELETE FROM attempt WHERE at <= $1
