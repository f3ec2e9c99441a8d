-- Screens on wards: each shows one ward, is let in by a code that somebody of the ward reads out to
-- it, and holds a secret of its own that opens nothing else.
CREATE TABLE ward_display (
    id uuid PRIMARY KEY,
    name text NOT NULL,                       -- where it hangs
    ward text NOT NULL,                       -- Location id
    ward_name text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    made_by text NOT NULL,
    made timestamptz NOT NULL,
    code bytea UNIQUE,                        -- digest; gone once it was used
    code_until timestamptz NOT NULL,
    secret bytea UNIQUE,                      -- digest of what the screen's cookie holds
    enrolled timestamptz,
    until timestamptz,
    ended timestamptz
);

CREATE INDEX ward_display_organisation ON ward_display (organisation);
