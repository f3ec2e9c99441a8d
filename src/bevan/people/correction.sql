-- name: correct
-- Notes an entry that is moved from the wrong person's record, or set aside.
INSERT INTO person_correction (
    id, type, row_id, wrong, right_person, before, after, at, by_kind, by_id, by_name, reason, kind)
VALUES ($1, $2, $3, $4, $5, $6, $6 + 1, $7, $8, $9, $10, $11, $12)

-- name: one
-- One correction.
SELECT * FROM person_correction WHERE id = $1

-- name: undo
-- Notes that a correction is taken back; answers unless it was before.
UPDATE person_correction SET undone = $2, undone_by = $3 WHERE id = $1 AND undone IS NULL
RETURNING true

-- name: recent
-- Corrections, newest first.
SELECT * FROM person_correction ORDER BY at DESC, id DESC LIMIT $1 OFFSET $2
