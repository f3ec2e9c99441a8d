-- When each periodic job last ran, so that a new leader goes on where the last one stopped.
CREATE TABLE bevan_job (
  name text PRIMARY KEY,
  started timestamptz NOT NULL,
  finished timestamptz,
  -- Class of the last run's exception; NULL after a run that succeeded.
  failed text
);
