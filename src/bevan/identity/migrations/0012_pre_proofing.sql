-- Proof of identity on its way to a decision, invitations of new workers, and rights asked for.

CREATE TABLE proofing (
    id uuid PRIMARY KEY,
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    name text NOT NULL,                       -- as the record has it
    born text NOT NULL,
    kind text NOT NULL,                       -- of the document
    document text,                            -- objects, sealed under `key`; gone with the decision
    face text,
    key bytea,
    made timestamptz NOT NULL,
    decided timestamptz,
    by_account text,
    proven boolean,
    reason text
);
CREATE UNIQUE INDEX proofing_waiting ON proofing (account) WHERE decided IS NULL;
CREATE INDEX proofing_made ON proofing (made) WHERE decided IS NULL;

-- A new worker's way to their first passkey; works once.
CREATE TABLE invitation (
    secret bytea PRIMARY KEY,                 -- SHA-256
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    until timestamptz NOT NULL
);

-- Somebody asks to act for somebody else; the practice decides.
CREATE TABLE proxy_request (
    id uuid PRIMARY KEY,
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    proxy text NOT NULL,
    proxy_name text NOT NULL,
    person text NOT NULL,
    person_name text NOT NULL,
    organisation text NOT NULL,
    born date,
    relation text NOT NULL,
    rights text[] NOT NULL,
    words text NOT NULL,
    until date,
    made timestamptz NOT NULL,
    decided timestamptz,
    granted boolean,
    reason text
);
CREATE INDEX proxy_request_waiting ON proxy_request (organisation, made) WHERE decided IS NULL;
