-- What people allowed apps, and what apps hold: launches, codes, refresh tokens, access tokens.

CREATE TABLE app_launch (
    digest bytea PRIMARY KEY,
    client text NOT NULL REFERENCES registered_client,
    kind text NOT NULL,
    actor text NOT NULL,                      -- who opened the app, and nobody else may go on
    patient text NOT NULL,
    until timestamptz NOT NULL,
    used timestamptz
);

CREATE TABLE app_grant (
    id uuid PRIMARY KEY,
    client text NOT NULL REFERENCES registered_client,
    kind text NOT NULL,                       -- practitioner, patient, or system: a backend service
    actor text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    purpose text NOT NULL,
    scopes text NOT NULL,
    patient text,                             -- the one person it is about, if it is about one
    session uuid,                             -- ends with this session: online access
    granted timestamptz NOT NULL,
    until timestamptz NOT NULL,
    revoked timestamptz,
    why text                                  -- who or what revoked it
);

CREATE INDEX app_grant_actor ON app_grant (kind, actor);
CREATE INDEX app_grant_client ON app_grant (client);
CREATE INDEX app_grant_until ON app_grant (until);

CREATE TABLE app_code (
    digest bytea PRIMARY KEY,
    app_grant uuid NOT NULL REFERENCES app_grant ON DELETE CASCADE,
    redirect text NOT NULL,
    challenge text NOT NULL,                  -- SHA-256 of the verifier, base64url (RFC 7636 4.2)
    nonce text NOT NULL,
    until timestamptz NOT NULL,
    used timestamptz
);

CREATE INDEX app_code_grant ON app_code (app_grant);

CREATE TABLE app_refresh (
    digest bytea PRIMARY KEY,
    app_grant uuid NOT NULL REFERENCES app_grant ON DELETE CASCADE,
    until timestamptz NOT NULL,
    used timestamptz
);

CREATE INDEX app_refresh_grant ON app_refresh (app_grant);

CREATE TABLE app_token (
    digest bytea PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    app_grant uuid NOT NULL REFERENCES app_grant ON DELETE CASCADE,
    scopes text NOT NULL,
    issued timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    revoked timestamptz
);

CREATE INDEX app_token_grant ON app_token (app_grant);
