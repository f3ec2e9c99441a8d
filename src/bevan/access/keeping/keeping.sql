-- name: look
-- The list of what is due, made anew.
WITH gone AS (DELETE FROM keeping_due WHERE NOT person = ANY($1::text[]))
INSERT INTO keeping_due (person, schedule, since, found)
SELECT person, schedule, since, $4 FROM unnest($1::text[], $2::text[], $3::date[])
  AS d (person, schedule, since)
ON CONFLICT (person) DO UPDATE SET schedule = excluded.schedule, since = excluded.since

-- name: due
-- What is due and isn't being disposed of, the longest overdue first.
SELECT d.*, h.id IS NOT NULL AS held FROM keeping_due d
LEFT JOIN LATERAL (SELECT id FROM keeping_hold h WHERE h.lifted IS NULL
  AND (h.until IS NULL OR h.until >= $1) AND (h.person IS NULL OR h.person = d.person) LIMIT 1) h ON true
WHERE NOT EXISTS (SELECT FROM disposal x WHERE x.person = d.person
  AND x.state IN ('asked', 'decided', 'told'))
ORDER BY d.since, d.person LIMIT $2

-- name: one
-- Whether somebody's record is due.
SELECT * FROM keeping_due WHERE person = $1

-- name: hold
-- Places a hold.
INSERT INTO keeping_hold (id, person, reason, until, placed, placed_by, placed_by_name)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: lift
-- Lifts a hold; nothing where it was lifted before.
UPDATE keeping_hold SET lifted = $2, lifted_by = $3, lifted_by_name = $4, lifted_reason = $5
WHERE id = $1 AND lifted IS NULL RETURNING true

-- name: holds
-- Holds that stand, on everybody or on one of these people.
SELECT * FROM keeping_hold WHERE lifted IS NULL AND (until IS NULL OR until >= $1)
  AND ($2::text[] IS NULL OR person IS NULL OR person = ANY($2::text[])) ORDER BY placed

-- name: ask
-- Asks for a disposal.
INSERT INTO disposal (id, person, ids, words, reference, schedule, reason, state, asked, asked_by,
  asked_by_name, asked_by_role)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked', $8, $9, $10, $11)

-- name: decide
-- Decides a disposal, by somebody else than who asked; one that is given up forgets the words.
UPDATE disposal SET state = $2, words = CASE WHEN $2 = 'withdrawn' THEN '{}' ELSE words END,
  decided = $3, decided_by = $4, decided_by_name = $5,
  decided_by_role = $6
WHERE id = $1 AND state = 'asked' AND ($2 = 'withdrawn' OR asked_by <> $4) RETURNING true

-- name: told
-- The record is gone and those who follow the feed are being told; only the first time counts.
UPDATE disposal SET state = 'told', told = $2, removed = $3::jsonb WHERE id = $1 AND state = 'decided'

-- name: done
-- Nothing is left but the reference.
UPDATE disposal SET state = 'done', done = $2, person = NULL, ids = '{}', words = '{}' WHERE id = $1

-- name: forget_due
-- Takes somebody off the list.
DELETE FROM keeping_due WHERE person = ANY($1::text[])

-- name: forget_holds
-- Holds that once stood no longer name the person.
UPDATE keeping_hold SET person = $2 WHERE person = ANY($1::text[])

-- name: waiting
-- Disposals in one of these states, the oldest first.
SELECT * FROM disposal WHERE state = ANY($1::text[]) ORDER BY asked LIMIT 200

-- name: disposal
-- One disposal.
SELECT * FROM disposal WHERE id = $1

-- name: requests
-- Whether somebody has asked for a copy of this record and still waits for it.
SELECT EXISTS (SELECT FROM register_entry WHERE register = 'requests' AND due IS NOT NULL
  AND replace(answers->>'number', ' ', '') = ANY($1::text[]))

-- name: forget_requests
-- Requests for a copy that were answered no longer say whose.
SELECT forget_requests($1::text[], $2::text)
