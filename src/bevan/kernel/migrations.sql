-- name: lock
-- Keeps other processes from migrating at the same time; held by the session.
SELECT pg_advisory_lock($1);

-- name: unlock
-- Lets the next process migrate.
SELECT pg_advisory_unlock($1);

-- name: create
-- Remembers which migrations ran, and what their text was.
CREATE TABLE IF NOT EXISTS bevan_migration (
  package text NOT NULL,
  number int NOT NULL,
  name text NOT NULL,
  sha256 text NOT NULL,
  applied timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (package, number)
);

-- name: exists
-- Whether any migration ever ran here.
SELECT to_regclass('bevan_migration') IS NOT NULL;

-- name: applied
-- The migrations that ran, with the digest of their text.
SELECT package, number, sha256 FROM bevan_migration;

-- name: record
-- Notes that a migration ran, in its own transaction.
INSERT INTO bevan_migration (package, number, name, sha256) VALUES ($1, $2, $3, $4);
