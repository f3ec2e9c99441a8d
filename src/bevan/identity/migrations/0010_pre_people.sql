-- Real people: how they prove who they are, how they are known elsewhere, and what their sessions rest on.

ALTER TABLE account
    ADD COLUMN subject uuid NOT NULL DEFAULT gen_random_uuid(),  -- the name that other systems get
    ADD COLUMN email text,                                       -- lower case, verified by a code
    ADD COLUMN phone text,
    ADD COLUMN level text NOT NULL DEFAULT '',                   -- P0, P5, P9; staff: identity checked 1 to 3
    ADD COLUMN made timestamptz,
    ADD COLUMN roles_given smallint NOT NULL DEFAULT 0;          -- positions are never used twice
CREATE UNIQUE INDEX account_subject_name ON account (subject);
CREATE UNIQUE INDEX account_email ON account (email) WHERE email IS NOT NULL AND closed IS NULL;

-- A person as another provider knows them: its issuer and their subject there.
CREATE TABLE account_subject (
    issuer text NOT NULL,
    subject text NOT NULL,
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    since timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX account_subject_account ON account_subject (account);

ALTER TABLE session
    ADD COLUMN use text NOT NULL DEFAULT 'apps',                 -- or 'citizen', 'staff': at the provider
    ADD COLUMN method text NOT NULL DEFAULT 'demo',
    ADD COLUMN vot text NOT NULL DEFAULT '',
    ADD COLUMN level text NOT NULL DEFAULT '',
    ADD COLUMN authenticated timestamptz,
    ADD COLUMN confirmed timestamptz,
    ADD COLUMN acting text NOT NULL DEFAULT '',                  -- Patient acted for; '' is oneself
    ADD COLUMN acting_name text NOT NULL DEFAULT '',
    ADD COLUMN browser text NOT NULL DEFAULT '';

ALTER TABLE account_role
    ADD COLUMN code text NOT NULL DEFAULT '',                    -- the role's code elsewhere
    ADD COLUMN since timestamptz;

-- The roles of each account as arrays, in their order.
CREATE VIEW account_roles AS
SELECT account, array_agg(role ORDER BY position) AS roles,
       array_agg(organisation ORDER BY position) AS organisations,
       array_agg(organisation_name ORDER BY position) AS names,
       array_agg(code ORDER BY position) AS codes,
       array_agg(position ORDER BY position) AS positions
FROM account_role GROUP BY account;

CREATE TABLE passkey (
    id bytea PRIMARY KEY,                     -- the credential's id
    account text NOT NULL REFERENCES account ON DELETE CASCADE,
    public_key bytea NOT NULL,
    count bigint NOT NULL,                    -- signature counter of the authenticator
    bound boolean NOT NULL,                   -- can't leave its device
    name text NOT NULL,
    made timestamptz NOT NULL,
    used timestamptz
);
CREATE INDEX passkey_account ON passkey (account);

-- Random questions to authenticators, each answered once.
CREATE TABLE challenge (
    id uuid PRIMARY KEY,
    challenge bytea NOT NULL,
    use text NOT NULL,
    account text,
    until timestamptz NOT NULL
);

-- Codes sent by email: six digits, so few tries.
CREATE TABLE one_time_code (
    id uuid PRIMARY KEY,
    use text NOT NULL,
    email text NOT NULL,
    code bytea NOT NULL,
    tries smallint NOT NULL DEFAULT 0,
    until timestamptz NOT NULL
);

-- What was tried lately, to slow down who tries too often; keys are digests.
CREATE TABLE attempt (
    key bytea NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX attempt_key ON attempt (key, at);

-- What happened to accounts: shown to their owners, and never changed.
CREATE TABLE account_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    account text NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
    detail text NOT NULL DEFAULT '',
    by_account text NOT NULL DEFAULT ''
);
CREATE INDEX account_event_account ON account_event (account, id);

-- Emails of a demonstration, which sends none.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL
);
