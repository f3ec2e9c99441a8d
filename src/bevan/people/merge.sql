-- name: begin
-- Notes a merge as it begins, with the versions that its undoing goes back to.
INSERT INTO person_merge (
    id, survivor, merged, survivor_before, merged_before, survivor_after, merged_after, at,
    by_kind, by_id, by_name, reason, state)
VALUES ($1, $2, $3, $4, $5, $4 + 1, $5 + 1, $6, $7, $8, $9, $10, 'moving')

-- name: moved
-- Notes rows that the merge moves; one that was moved before keeps what it was at first.
INSERT INTO person_moved (merge, type, id, before, after)
SELECT $1, e.type, e.id, e.before, e.before + 1
FROM unnest($2::text[], $3::text[], $4::int[]) AS e (type, id, before)
ON CONFLICT (merge, type, id) DO NOTHING

-- name: state
-- Takes a merge from one of some states to another; answers with it, or nothing.
UPDATE person_merge SET state = $3, undone = CASE WHEN $3 = 'undone' THEN $4::timestamptz END
WHERE id = $1 AND state = ANY($2::text[])
RETURNING *

-- name: one
-- One merge.
SELECT * FROM person_merge WHERE id = $1

-- name: standing
-- Merges that aren't undone, for moving what came late, the oldest first.
SELECT * FROM person_merge WHERE state <> 'undone' ORDER BY at, id

-- name: of
-- The merges of a record, as survivor or merged, that aren't undone.
SELECT * FROM person_merge WHERE (survivor = $1 OR merged = $1) AND state <> 'undone' ORDER BY at

-- name: ledger
-- A page of what a merge moved, after a row.
SELECT type, id, before, after FROM person_moved
WHERE merge = $1 AND (type, id) > ($2, $3) ORDER BY type, id LIMIT $4

-- name: correct
-- Notes an entry that is moved from the wrong person's record to the right one.
INSERT INTO person_correction (
    id, type, row_id, wrong, right_person, before, after, at, by_kind, by_id, by_name, reason)
VALUES ($1, $2, $3, $4, $5, $6, $6 + 1, $7, $8, $9, $10, $11)
