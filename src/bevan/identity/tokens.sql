-- name: issue
-- Keep a new token's digest with what it allows.
INSERT INTO token (secret, id, client, scopes, purpose, issued_by, issued, expires)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: find
-- The token behind a digest, while it lasts and isn't revoked.
SELECT id, client, scopes, purpose, expires FROM token
WHERE secret = $1 AND expires > $2 AND revoked IS NULL

-- name: list_open
-- Tokens that work now, newest first; what they open is shown, they themselves never.
SELECT id, client, scopes, purpose, issued_by, issued, expires FROM token
WHERE expires > $1 AND revoked IS NULL ORDER BY issued DESC, id

-- name: revoke
-- Revoke one token by its public id.
UPDATE token SET revoked = $2 WHERE id = $1 AND revoked IS NULL

-- name: revoke_client
-- Revoke every token of a client.
UPDATE token SET revoked = $2 WHERE client = $1 AND revoked IS NULL
