-- name: decide
-- Notes what a clerk decided of a pair of records.
INSERT INTO person_decision (
    first, second, decision, reason, task, at, by_kind, by_id, by_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: last
-- The last decision of a pair, if there is one.
SELECT decision FROM person_decision WHERE first = $1 AND second = $2 ORDER BY id DESC LIMIT 1

-- name: decisions
-- Every decision of a pair, newest first.
SELECT decision, reason, at, by_name FROM person_decision
WHERE first = $1 AND second = $2 ORDER BY id DESC

-- name: different
-- The pairs that are known to be of two people.
SELECT DISTINCT ON (first, second) first, second, decision FROM person_decision
ORDER BY first, second, id DESC
