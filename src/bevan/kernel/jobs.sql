-- name: lead
-- Whether this session now leads; the lock goes with the session.
SELECT pg_try_advisory_lock($1);

-- name: last
-- When each job was last started.
SELECT name, started FROM bevan_job;

-- name: started
-- Notes the start of a run.
INSERT INTO bevan_job (name, started) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET started = excluded.started;

-- name: finished
-- Notes the end of a run, and the class of its exception if it failed.
UPDATE bevan_job SET finished = $2, failed = $3 WHERE name = $1;

-- name: states
-- The state of every job, for `bevan doctor`.
SELECT name, started, finished, failed FROM bevan_job ORDER BY name;
