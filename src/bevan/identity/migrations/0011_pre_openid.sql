-- The OpenID providers of citizens and staff: what is being asked, what was granted, and its codes.

CREATE TABLE authorisation (
    id uuid PRIMARY KEY,
    realm text NOT NULL CHECK (realm IN ('citizen', 'staff')),
    client text NOT NULL,
    redirect text NOT NULL,
    state text NOT NULL,
    nonce text NOT NULL,
    scopes text[] NOT NULL,
    wanted text[] NOT NULL,                   -- vectors, or assurance levels for staff
    prompt text NOT NULL,
    code_challenge text NOT NULL,
    may_register boolean NOT NULL,
    asserted text NOT NULL DEFAULT '',        -- account that another client vouches for
    asserted_methods text NOT NULL DEFAULT '',
    asserted_at timestamptz,
    position smallint,                        -- the role chosen
    made timestamptz NOT NULL,
    until timestamptz NOT NULL
);

CREATE TABLE login_grant (
    id uuid PRIMARY KEY,
    realm text NOT NULL,
    client text NOT NULL,
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    scopes text[] NOT NULL,
    vot text NOT NULL,
    methods text NOT NULL,
    position smallint,
    nonce text NOT NULL,
    authenticated timestamptz NOT NULL,
    id_token text UNIQUE,                     -- its jti
    made timestamptz NOT NULL,
    revoked timestamptz
);
CREATE INDEX login_grant_account ON login_grant (account);

CREATE TABLE login_code (
    secret bytea PRIMARY KEY,                 -- SHA-256
    granted uuid NOT NULL REFERENCES login_grant ON DELETE CASCADE,
    redirect text NOT NULL,
    code_challenge text NOT NULL,
    until timestamptz NOT NULL,
    used timestamptz
);

CREATE TABLE login_refresh (
    secret bytea PRIMARY KEY,                 -- SHA-256
    granted uuid NOT NULL REFERENCES login_grant ON DELETE CASCADE,
    until timestamptz NOT NULL,
    used timestamptz
);

-- What a person agreed to share with a client.
CREATE TABLE login_consent (
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    client text NOT NULL,
    scopes text[] NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account, client)
);

-- Where our own relying party is in signing somebody in.
CREATE TABLE errand (
    state bytea PRIMARY KEY,                  -- SHA-256 of the state
    browser bytea NOT NULL,                   -- SHA-256 of the cookie it was started with
    realm text NOT NULL,
    nonce text NOT NULL,
    wanted text[] NOT NULL,
    next text NOT NULL,
    until timestamptz NOT NULL
);
