-- name: changed
-- The merges that changed after a turn, in the order in which they did.
SELECT merged, survivor, state, turn FROM person_merge WHERE turn > $1 ORDER BY turn

-- name: cursor
-- How far the feed was followed for merged records.
SELECT cursor FROM person_cursor

-- name: advance
-- Keeps how far the feed was followed, unless somebody else did meanwhile; answers if so.
INSERT INTO person_cursor (cursor) VALUES ($2)
ON CONFLICT (one) DO UPDATE SET cursor = excluded.cursor
WHERE person_cursor.cursor IS NOT DISTINCT FROM $1
RETURNING true

-- name: stated
-- What sources said of records since a turn, in the order in which they did.
SELECT merged, survivor, followed, turn FROM person_stated WHERE turn > $1 ORDER BY turn
