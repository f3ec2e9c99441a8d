-- name: ask
-- Keep a question to an authenticator.
INSERT INTO challenge (id, challenge, use, account, until) VALUES ($1, $2, $3, $4, $5)

-- name: answered
-- Take a question away, as it can be answered once only.
DELETE FROM challenge WHERE id = $1 AND use = $2 AND until > $3
RETURNING challenge, account

-- name: add
-- Keep a new passkey of an open account.
INSERT INTO passkey (id, account, public_key, count, bound, name, made)
SELECT $1, id, $3, $4, $5, $6, $7 FROM account WHERE id = $2 AND closed IS NULL
ON CONFLICT (id) DO NOTHING RETURNING account

-- name: find
-- A passkey of an open account.
SELECT p.account, p.public_key, p.count, p.bound, a.kind FROM passkey p JOIN account a ON a.id = p.account
WHERE p.id = $1 AND a.closed IS NULL

-- name: used
-- Note a passkey's use; no row when its counter has moved on meanwhile.
UPDATE passkey SET count = $2, used = $3 WHERE id = $1 AND count = $4 RETURNING id

-- name: list
-- An account's passkeys, oldest first.
SELECT id, name, bound, made, used FROM passkey WHERE account = $1 ORDER BY made, id

-- name: remove
-- Remove an account's passkey.
DELETE FROM passkey WHERE account = $1 AND id = $2 RETURNING id

-- name: remove_all
-- Remove all of an account's passkeys.
DELETE FROM passkey WHERE account = $1

-- name: sweep
-- Remove questions nobody answered.
DELETE FROM challenge WHERE until <= $1
