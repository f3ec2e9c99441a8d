-- name: launch
-- Keep what an app is opened with from somebody's record.
INSERT INTO app_launch (digest, client, kind, actor, patient, encounter, until)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: take_launch
-- Use a launch up, by the app and the person it was made for.
UPDATE app_launch SET used = $5
WHERE digest = $1 AND client = $2 AND kind = $3 AND actor = $4 AND used IS NULL AND until > $5
RETURNING patient, encounter

-- name: peek_launch
-- Whom a launch is about, without using it up.
SELECT patient, encounter FROM app_launch
WHERE digest = $1 AND client = $2 AND kind = $3 AND actor = $4 AND used IS NULL AND until > $5

-- name: allow
-- Keep what somebody allowed an app, or what a service was given.
INSERT INTO app_grant (id, client, kind, actor, name, role, organisation, organisation_name,
    purpose, scopes, patient, encounter, session, granted, until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

-- name: add_code
-- Keep a code that the app exchanges for tokens.
INSERT INTO app_code (digest, app_grant, redirect, challenge, nonce, until)
VALUES ($1, $2, $3, $4, $5, $6)

-- name: use_code
-- Use a code up; no row when there is none, it ran out, or it was used before.
UPDATE app_code SET used = $2 WHERE digest = $1 AND used IS NULL AND until > $2
RETURNING app_grant, redirect, challenge, nonce

-- name: spent_code
-- The grant of a code that was used before.
SELECT app_grant FROM app_code WHERE digest = $1 AND used IS NOT NULL

-- name: add_refresh
-- Keep a refresh token.
INSERT INTO app_refresh (digest, app_grant, until) VALUES ($1, $2, $3)

-- name: use_refresh
-- Use a refresh token up; no row when there is none, it ran out, or it was used before.
UPDATE app_refresh SET used = $2 WHERE digest = $1 AND used IS NULL AND until > $2
RETURNING app_grant

-- name: find_refresh
-- A refresh token, used or not, with its grant.
SELECT app_grant, until, used FROM app_refresh WHERE digest = $1

-- name: add_token
-- Keep an access token.
INSERT INTO app_token (digest, id, app_grant, scopes, issued, expires)
VALUES ($1, $2, $3, $4, $5, $6)

-- name: live
-- A grant that holds now: its client is approved, its person is still who they were, its session lasts.
SELECT g.id, g.client, c.name AS client_name, g.kind, g.actor, g.name, g.role, g.organisation,
    g.organisation_name, g.purpose, g.scopes, g.patient, g.encounter, g.session, g.granted, g.until
FROM app_grant g JOIN registered_client c ON c.id = g.client
WHERE g.id = $1 AND g.revoked IS NULL AND g.until > $2 AND c.status = 'approved'
    AND (g.session IS NULL OR EXISTS (
        SELECT FROM session s WHERE s.id = g.session AND s.expires > $2))
    AND (g.kind = 'system' OR EXISTS (
        SELECT FROM account a WHERE a.kind = g.kind AND a.actor = g.actor AND a.closed IS NULL
            AND ($3 OR NOT a.demo)
            AND (a.kind = 'patient' OR EXISTS (
                SELECT FROM account_role r WHERE r.account = a.id
                    AND r.role = g.role AND r.organisation = g.organisation))))

-- name: token
-- An access token that lasts, whatever became of its grant.
SELECT id, app_grant, scopes, issued, expires FROM app_token
WHERE digest = $1 AND expires > $2 AND revoked IS NULL

-- name: revoke_token
-- Revoke one access token of a client.
UPDATE app_token t SET revoked = $3 FROM app_grant g
WHERE t.digest = $1 AND g.id = t.app_grant AND g.client = $2 AND t.revoked IS NULL

-- name: revoke_by_refresh
-- Revoke the grant of a client's refresh token.
UPDATE app_grant g SET revoked = $3, why = 'its app' FROM app_refresh r
WHERE r.digest = $1 AND g.id = r.app_grant AND g.client = $2 AND g.revoked IS NULL

-- name: revoke
-- Revoke a grant.
UPDATE app_grant SET revoked = $2, why = $3 WHERE id = $1 AND revoked IS NULL

-- name: revoke_own
-- Revoke a grant that this person gave.
UPDATE app_grant SET revoked = $4, why = 'the person'
WHERE id = $1 AND kind = $2 AND actor = $3 AND revoked IS NULL RETURNING id

-- name: list_own
-- What a person allowed and still holds, the newest first.
SELECT g.id, g.client, c.name AS client_name, g.kind, g.actor, g.name, g.role, g.organisation,
    g.organisation_name, g.purpose, g.scopes, g.patient, g.encounter, g.session, g.granted, g.until
FROM app_grant g JOIN registered_client c ON c.id = g.client
WHERE g.kind = $1 AND g.actor = $2 AND g.revoked IS NULL AND g.until > $3
    AND c.status = 'approved'
    AND (g.session IS NULL OR EXISTS (
        SELECT FROM session s WHERE s.id = g.session AND s.expires > $3))
ORDER BY g.granted DESC, g.id

-- name: sweep
-- Forget grants a month after their end, with everything that hung on them.
DELETE FROM app_grant WHERE until < $1

-- name: sweep_launches
-- Forget launches that ran out.
DELETE FROM app_launch WHERE until < $1
