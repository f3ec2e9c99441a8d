-- Programs that may ask for tokens, the public halves of our signing keys, and what was used once.

CREATE TABLE registered_client (
    id text PRIMARY KEY,
    name text NOT NULL,
    use text NOT NULL,                        -- which of our authorisation servers it may speak to
    authentication text NOT NULL CHECK (authentication IN ('none', 'private_key_jwt')),
    status text NOT NULL CHECK (status IN ('pending', 'approved', 'revoked')),
    redirects text[] NOT NULL,
    scopes text[] NOT NULL,
    origins text[] NOT NULL,
    jwks jsonb,
    jwks_uri text,
    launch text,
    extra jsonb NOT NULL DEFAULT '{}',
    registered timestamptz NOT NULL,
    registered_by text NOT NULL,
    decided timestamptz,
    decided_by text
);

CREATE TABLE signing_key (
    id text PRIMARY KEY,
    algorithm text NOT NULL,
    public jsonb NOT NULL,                    -- the private half is a file, never in the database
    made timestamptz NOT NULL,
    signs timestamptz NOT NULL,               -- published before this, so that others know it in time
    ends timestamptz                          -- published until this
);

CREATE TABLE used_once (
    kind text NOT NULL,
    digest bytea NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (kind, digest)
);

CREATE INDEX used_once_until ON used_once (until);
