-- name: marked
-- What stood under a name at the last look.
SELECT value FROM bevan_mark WHERE name = $1;

-- name: mark
-- Keeps what stands now under a name.
INSERT INTO bevan_mark (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
