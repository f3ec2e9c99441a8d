-- name: add
-- Puts a signed statement beside the links.
INSERT INTO audit_statement (id, kind, made, body, lines) VALUES ($1, $2, $3, $4, $5);

-- name: every
-- Every statement, the oldest first.
SELECT id, body, lines FROM audit_statement ORDER BY made, id;

-- name: waiting
-- Statements that haven't reached a place yet, the oldest first.
SELECT s.id, s.body, s.lines FROM audit_statement s
WHERE NOT EXISTS (SELECT FROM audit_statement_handed h WHERE h.place = $1 AND h.id = s.id)
ORDER BY s.made, s.id;

-- name: handed
-- Notes that a statement has reached a place.
INSERT INTO audit_statement_handed (place, id) VALUES ($1, $2) ON CONFLICT DO NOTHING;
