-- name: ask
-- Keep what a client asks for while its person signs in.
INSERT INTO authorisation (id, realm, client, redirect, state, nonce, scopes, wanted, prompt, code_challenge,
    may_register, asserted, asserted_methods, asserted_at, made, until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)

-- name: asked
-- What a client asked for, while it lasts.
SELECT * FROM authorisation WHERE id = $1 AND realm = $2 AND until > $3

-- name: choose
-- The role that somebody chose for what is being asked.
UPDATE authorisation SET position = $2 WHERE id = $1

-- name: done
-- What was asked is answered; no row when it was answered before.
DELETE FROM authorisation WHERE id = $1 RETURNING id

-- name: grant
-- Keep what was granted, with its code.
WITH given AS (
    INSERT INTO login_grant (id, realm, client, account, scopes, vot, methods, position, nonce, authenticated, made)
    SELECT $1, $2, $3, a.id, $5, $6, $7, $8, $9, $10, $11 FROM account a WHERE a.id = $4 AND a.closed IS NULL
    RETURNING id)
INSERT INTO login_code (secret, granted, redirect, code_challenge, until)
SELECT $12, id, $13, $14, $15 FROM given RETURNING granted

-- name: code
-- A code with its grant, locked until this transaction ends.
SELECT c.granted, c.redirect, c.code_challenge, c.until, c.used, g.client, g.realm
FROM login_code c JOIN login_grant g ON g.id = c.granted WHERE c.secret = $1 FOR UPDATE

-- name: use_code
-- A code is used up.
UPDATE login_code SET used = $2 WHERE secret = $1

-- name: refresh
-- A refresh token with its grant, locked until this transaction ends.
SELECT r.granted, r.until, r.used, g.client, g.realm
FROM login_refresh r JOIN login_grant g ON g.id = r.granted WHERE r.secret = $1 FOR UPDATE

-- name: use_refresh
-- A refresh token is used up.
UPDATE login_refresh SET used = $2 WHERE secret = $1

-- name: add_refresh
-- Keep a new refresh token's digest.
INSERT INTO login_refresh (secret, granted, until) VALUES ($1, $2, $3)

-- name: granted
-- A grant that stands, of an open account.
SELECT g.* FROM login_grant g JOIN account a ON a.id = g.account
WHERE g.id = $1 AND g.revoked IS NULL AND a.closed IS NULL

-- name: granted_by_token
-- The standing grant that an ID token was made from.
SELECT g.* FROM login_grant g JOIN account a ON a.id = g.account
WHERE g.id_token = $1 AND g.revoked IS NULL AND a.closed IS NULL

-- name: name_token
-- Remember the ID token made from a grant.
UPDATE login_grant SET id_token = $2 WHERE id = $1

-- name: revoke
-- Nothing of a grant works any more.
UPDATE login_grant SET revoked = $2 WHERE id = $1 AND revoked IS NULL

-- name: consent
-- What somebody agreed to share with a client.
SELECT scopes FROM login_consent WHERE account = $1 AND client = $2

-- name: agree
-- Somebody agrees to share with a client.
INSERT INTO login_consent (account, client, scopes, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account, client) DO UPDATE SET scopes = excluded.scopes, at = excluded.at

-- name: sweep_asked
-- Remove questions nobody answered.
DELETE FROM authorisation WHERE until <= $1

-- name: sweep_granted
-- Remove grants whose last refresh token has run out.
DELETE FROM login_grant WHERE made < $1
  AND NOT EXISTS (SELECT 1 FROM login_refresh r WHERE r.granted = login_grant.id AND r.until > $1)
