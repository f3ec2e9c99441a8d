-- name: start
-- Start a session of an open account in one of its roles; no row when there is no such account or role.
INSERT INTO session (secret, id, account, position, started, expires, limits, use, method, vot, level,
                     authenticated, confirmed, acting, acting_name, browser)
SELECT $2, $3, a.id, $4, $5, least($5::timestamptz + CASE WHEN a.kind = 'patient' THEN $6::interval ELSE $7::interval END, $8),
       $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
FROM account a
WHERE a.id = $1 AND a.closed IS NULL AND (a.demo OR $10 <> 'demo')
  AND (EXISTS (SELECT 1 FROM account_role r WHERE r.account = a.id AND r.position = $4)
       OR (a.kind = 'patient' AND $4 = 0) OR (a.kind = 'practitioner' AND $4 = -1))
RETURNING id

-- name: find
-- The session behind a cookie's digest, while it lasts and its account is open.
SELECT s.id, s.started, s.expires, s.limits, a.kind, a.actor, a.name, a.title, a.demo,
       s.account, s.position, s.use, s.method, s.vot, s.level, s.authenticated, s.confirmed,
       s.acting, s.acting_name,
       coalesce(r.role, '') AS role, coalesce(r.organisation, '') AS organisation,
       coalesce(r.organisation_name, '') AS organisation_name
FROM session s
JOIN account a ON a.id = s.account
LEFT JOIN account_role r ON r.account = s.account AND r.position = s.position
WHERE s.secret = $1 AND s.expires > $2 AND a.closed IS NULL
  AND (r.account IS NOT NULL OR a.kind = 'patient' OR s.position = -1)

-- name: extend
-- Push the end of a session in use, never beyond its limit.
UPDATE session SET expires = least($2, limits) WHERE secret = $1 AND expires > $3

-- name: end
-- End one session.
DELETE FROM session WHERE secret = $1

-- name: end_all
-- End every session of an account.
DELETE FROM session WHERE account = $1

-- name: end_others
-- End every session of an account but one.
DELETE FROM session WHERE account = $1 AND id <> $2

-- name: end_one
-- End a session by its public id, if it is this account's.
DELETE FROM session WHERE account = $1 AND id = $2 RETURNING id

-- name: end_role
-- End an account's sessions in one of its roles.
DELETE FROM session WHERE account = $1 AND position = $2

-- name: list
-- An account's sessions that last, newest first.
SELECT s.id, s.started, s.expires, s.use, s.method, s.level, s.browser,
       coalesce(r.role, '') AS role, coalesce(r.organisation_name, '') AS organisation_name
FROM session s LEFT JOIN account_role r ON r.account = s.account AND r.position = s.position
WHERE s.account = $1 AND s.expires > $2
ORDER BY s.started DESC, s.id

-- name: carry
-- A session's row for its successor, locked and taken away in the same transaction.
DELETE FROM session WHERE secret = $1 AND expires > $2
RETURNING account, position, limits, use, method, vot, level, authenticated, confirmed, acting, acting_name, browser

-- name: sweep
-- Remove sessions that have run out.
DELETE FROM session WHERE expires <= $1
