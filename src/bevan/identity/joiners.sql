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

-- name: administrators
-- How many open accounts of real people have a role.
SELECT count(DISTINCT a.id) FROM account a JOIN account_role r ON r.account = a.id
WHERE r.role = $1 AND a.closed IS NULL AND NOT a.demo

-- name: take_turn
-- One at a time makes a first administrator; the next starts when this transaction has ended.
SELECT pg_advisory_xact_lock(hashtext('bevan first administrator'))
