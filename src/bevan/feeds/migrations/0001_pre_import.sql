-- What has been imported: one row for each part of a file (a Bundle, a resource, a stretch of
-- NDJSON), so that the same import again changes nothing and an interrupted one goes on.

CREATE TABLE import_ledger (
    file bytea NOT NULL,                      -- SHA-256 of the file as it lay there
    entry bigint NOT NULL,                    -- where in the file the part starts
    taken jsonb NOT NULL,                     -- number of resources taken, by type
    refused integer NOT NULL DEFAULT 0,       -- resources refused: the part is tried again
    imported timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (file, entry)
);
