-- name: lock
-- Let one process at a time make a key.
SELECT pg_advisory_xact_lock(7236541203)

-- name: published
-- Keys whose public half others should know: those to come, those that sign, those just retired.
SELECT id, algorithm, public::text AS public, made, signs, ends FROM signing_key
WHERE ends IS NULL OR ends > $1 ORDER BY signs, id

-- name: add
-- Keep a new key's public half.
INSERT INTO signing_key (id, algorithm, public, made, signs) VALUES ($1, $2, $3::jsonb, $4, $5)

-- name: retire
-- Set the end of the other keys of an algorithm, never later than it already is.
UPDATE signing_key SET ends = least(coalesce(ends, $3), $3)
WHERE algorithm = $1 AND id <> $2 RETURNING id

-- name: ended
-- Keys that nobody needs any more.
DELETE FROM signing_key WHERE ends <= $1 RETURNING id
