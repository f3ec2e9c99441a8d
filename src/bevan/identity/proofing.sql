-- name: add
-- Keep a case; no row when the account has one that waits.
INSERT INTO proofing (id, account, name, born, kind, document, face, key, made)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (account) WHERE decided IS NULL DO NOTHING RETURNING id

-- name: waiting
-- Cases that wait, the oldest first.
SELECT id, account, name, born, kind, made FROM proofing WHERE decided IS NULL ORDER BY made, id LIMIT 50

-- name: case
-- A case that waits.
SELECT * FROM proofing WHERE id = $1 AND decided IS NULL

-- name: latest
-- The newest case of an account.
SELECT made, decided, proven, reason FROM proofing WHERE account = $1 ORDER BY made DESC LIMIT 1

-- name: decide
-- Decide a case that waits, and forget where its evidence is and the key to it.
WITH old AS (SELECT id, document, face FROM proofing WHERE id = $1 AND decided IS NULL FOR UPDATE)
UPDATE proofing p SET decided = $2, by_account = $3, proven = $4, reason = $5,
    document = NULL, face = NULL, key = NULL
FROM old WHERE p.id = old.id
RETURNING p.account, old.document, old.face
