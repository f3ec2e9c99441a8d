-- name: close
-- Notes a record that is closed for good, with why; not what stands for its person now.
INSERT INTO person_closed (person, key, at, by_kind, by_id, by_name, why, reason, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'closing')

-- name: closed
-- Notes that every entry of a closed record is locked.
UPDATE person_closed SET state = 'closed' WHERE person = $1

-- name: to_close
-- Closed records whose entries are still being locked, or that something has come for.
SELECT person FROM person_closed WHERE state = 'closing' OR key = ANY($1::uuid[]) ORDER BY person
