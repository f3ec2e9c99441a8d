-- name: add
-- Keep a new code's digest; older ones for the same use and address end.
WITH gone AS (DELETE FROM one_time_code WHERE use = $2 AND email = $3)
INSERT INTO one_time_code (id, use, email, code, until) VALUES ($1, $2, $3, $4, $5)

-- name: attempt
-- Count a try at a code that lasts, and say what it is.
UPDATE one_time_code SET tries = tries + 1
WHERE id = $1 AND use = $2 AND until > $3 AND tries < $4
RETURNING email, code

-- name: end
-- A code is used up; no row when somebody else used it first.
DELETE FROM one_time_code WHERE id = $1 RETURNING id

-- name: sweep
-- Remove codes that have run out.
DELETE FROM one_time_code WHERE until <= $1
