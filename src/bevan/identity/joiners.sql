-- name: invite
-- Keep an invitation; older ones of the account end.
WITH gone AS (DELETE FROM invitation WHERE account = $2)
INSERT INTO invitation (secret, account, until) VALUES ($1, $2, $3)

-- name: invited
-- Whom an invitation is for, while it lasts.
SELECT account FROM invitation WHERE secret = $1 AND until > $2

-- name: joined
-- An invitation is used up.
DELETE FROM invitation WHERE secret = $1 AND until > $2 RETURNING account
