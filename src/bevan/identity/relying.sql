-- name: start
-- Remember an errand to a provider, for the browser that goes on it.
INSERT INTO errand (state, browser, realm, nonce, wanted, next, until) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: finish
-- An errand comes back, once, in the browser that went on it.
DELETE FROM errand WHERE state = $1 AND browser = $2 AND realm = $3 AND until > $4
RETURNING nonce, wanted, next

-- name: sweep
-- Remove errands nobody came back from.
DELETE FROM errand WHERE until <= $1
