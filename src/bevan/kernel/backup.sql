-- name: lock
-- Keeps writers out of a table, readers not, until the transaction ends.
LOCK TABLE {table} IN SHARE MODE;

-- name: export
-- Lets another connection see exactly what this one sees.
SELECT pg_export_snapshot();

-- name: import
-- Sees what the exporting connection sees.
SET TRANSACTION SNAPSHOT '{snapshot}';

-- name: mark
-- Marks a point in the log to restore to; returns the piece of log that holds it.
SELECT pg_walfile_name(pg_create_restore_point($1));

-- name: switch
-- Ends the current piece of log, so that it is archived now.
SELECT pg_switch_wal();
