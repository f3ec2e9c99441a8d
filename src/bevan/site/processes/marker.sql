-- name: in_use
-- Whether anything was ever migrated here.
SELECT to_regclass('bevan_migration') IS NOT NULL;

-- name: marks
-- Whether the table of marks is there.
SELECT to_regclass('bevan_mark') IS NOT NULL;

-- name: read
-- One mark.
SELECT value FROM bevan_mark WHERE name = $1;

-- name: claim
-- Sets a mark once.
INSERT INTO bevan_mark (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING;

-- name: set
-- Sets a mark, whatever it was.
INSERT INTO bevan_mark (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
