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
UPDATE person_merge SET
    state = $3, undone = CASE WHEN $3 = 'undone' THEN $4::timestamptz END,
    turn = CASE WHEN state = $3 THEN turn ELSE nextval(pg_get_serial_sequence('person_merge', 'turn')) END
WHERE id = $1 AND state = ANY($2::text[])
RETURNING *

-- name: one
-- One merge.
SELECT * FROM person_merge WHERE id = $1

-- name: standing
-- Merges that aren't undone, the oldest first.
SELECT * FROM person_merge WHERE state IN ('moving', 'merged') ORDER BY at, id

-- name: unfinished
-- Merges whose entries were still on the way when something was cut off.
SELECT * FROM person_merge WHERE state = 'moving' ORDER BY at, id

-- name: cut_off
-- Merges whose undoing was cut off.
SELECT id FROM person_merge WHERE state = 'undoing' ORDER BY at, id

-- name: undoing
-- Begins to undo a merge, with who does and why; again where that was cut off.
UPDATE person_merge SET
    state = 'undoing', undone_by = CASE WHEN state = 'undoing' THEN undone_by ELSE $2 END,
    undone_reason = coalesce($3, undone_reason),
    turn = nextval(pg_get_serial_sequence('person_merge', 'turn'))
WHERE id = $1 AND state IN ('moving', 'merged', 'undoing')
RETURNING *

-- name: onward
-- Whether the record that stayed was merged into another one since, or closed.
SELECT true FROM person_merge m
WHERE m.id = $1 AND (
    EXISTS (SELECT FROM person_merge o WHERE o.merged = m.survivor AND o.state <> 'undone')
    OR EXISTS (SELECT FROM person_closed c WHERE c.person IN (m.survivor, m.merged)))

-- name: brought
-- Rows that came to the survivor of a merge since: by another merge, or by a correction.
SELECT v.type, v.id, 'merged' AS how FROM person_moved v JOIN person_merge o ON o.id = v.merge
WHERE o.id <> $1 AND o.survivor = $2 AND o.state <> 'undone'
UNION ALL
SELECT c.type, c.row_id, 'corrected' FROM person_correction c
WHERE c.right_person = $2 AND c.at >= $3 AND c.kind = 'moved' AND c.undone IS NULL

-- name: listed
-- A page of merges, newest first.
SELECT * FROM person_merge ORDER BY at DESC, id DESC LIMIT $1 OFFSET $2

-- name: counted
-- How many entries a merge moved.
SELECT count(*) FROM person_moved WHERE merge = $1

-- name: standing_of
-- The merge that stands for a merged record.
SELECT * FROM person_merge WHERE merged = $1 AND state <> 'undone'

-- name: of
-- The merges of a record, as survivor or merged, that aren't undone.
SELECT * FROM person_merge WHERE (survivor = $1 OR merged = $1) AND state <> 'undone' ORDER BY at

-- name: ledger
-- A page of what a merge moved, after a row.
SELECT type, id, before, after FROM person_moved
WHERE merge = $1 AND (type, id) > ($2, $3) ORDER BY type, id LIMIT $4
