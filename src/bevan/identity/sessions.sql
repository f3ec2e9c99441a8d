-- name: start
-- Start a session of an open account in one of its roles; no row when there is no such account or role.
INSERT INTO session (secret, id, account, position, started, expires, limits)
SELECT $2, $3, a.id, $4, $5, $6, $7
FROM account a
WHERE a.id = $1 AND a.closed IS NULL AND a.demo
  AND (EXISTS (SELECT 1 FROM account_role r WHERE r.account = a.id AND r.position = $4)
       OR (a.kind = 'patient' AND $4 = 0))
RETURNING id

-- name: find
-- The session behind a cookie's digest, while it lasts and its account is open.
SELECT s.id, s.started, s.expires, s.limits, a.kind, a.actor, a.name, a.title, a.demo,
       coalesce(r.role, '') AS role, coalesce(r.organisation, '') AS organisation,
       coalesce(r.organisation_name, '') AS organisation_name
FROM session s
JOIN account a ON a.id = s.account
LEFT JOIN account_role r ON r.account = s.account AND r.position = s.position
WHERE s.secret = $1 AND s.expires > $2 AND a.closed IS NULL
  AND (r.account IS NOT NULL OR a.kind = 'patient')

-- name: extend
-- Push the end of a session in use, never beyond its limit.
UPDATE session SET expires = least($2, limits) WHERE secret = $1 AND expires > $3

-- name: end
-- End one session.
DELETE FROM session WHERE secret = $1

-- name: end_all
-- End every session of an account.
DELETE FROM session WHERE account = $1

-- name: sweep
-- Remove sessions that have run out.
DELETE FROM session WHERE expires <= $1
