-- Who may sign in, what they are signed in with, and which systems hold a token.

CREATE TABLE account (
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('practitioner', 'patient')),
    actor text NOT NULL,                      -- Practitioner or Patient id in the record
    name text NOT NULL,
    title text NOT NULL,                      -- one line for the list of people to sign in as
    demo boolean NOT NULL DEFAULT false,      -- only these may be signed in to without proof
    closed timestamptz,
    rank int NOT NULL DEFAULT 0               -- order in lists
);

CREATE TABLE account_role (
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    position smallint NOT NULL,
    role text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    PRIMARY KEY (account, position)
);

CREATE TABLE session (
    secret bytea PRIMARY KEY,                 -- SHA-256 of the cookie; the cookie itself is nowhere
    id uuid NOT NULL UNIQUE,                  -- may appear in pages and logs
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    position smallint NOT NULL DEFAULT 0,     -- which of the account's roles
    started timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    limits timestamptz NOT NULL               -- no use extends it beyond this
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE token (
    secret bytea PRIMARY KEY,                 -- SHA-256 of the bearer token
    id uuid NOT NULL UNIQUE,
    client text NOT NULL,
    scopes text NOT NULL,
    purpose text NOT NULL,
    issued_by text NOT NULL,
    issued timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    revoked timestamptz
);
CREATE INDEX token_client ON token (client);
