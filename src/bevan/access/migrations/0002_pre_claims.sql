-- Links that people make themselves, and what people said about the use of their record.

-- A link that no feed states: somebody's own claim, an emergency, a right to act for another person.
-- It stands beside the feed's links and survives their being derived anew.
CREATE TABLE own_link (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('self-claimed', 'emergency', 'proxy')),
    holder uuid NOT NULL,
    patient uuid NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz
);
CREATE INDEX own_link_patient ON own_link (patient);

-- Why a professional made a link, and what a privacy officer said of it afterwards. The person is
-- named by logical id, the actor as at that time.
CREATE TABLE claim (
    id uuid PRIMARY KEY REFERENCES own_link ON DELETE CASCADE,
    person text NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    role text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    reason text NOT NULL,
    words text NOT NULL,
    agrees text NOT NULL CHECK (agrees IN ('yes', 'cannot-ask', 'no')),
    confirmed timestamptz NOT NULL,
    review_by timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('upheld', 'not-upheld', 'learning')),
    reviewed timestamptz,
    reviewer text,
    reviewer_words text
);
CREATE INDEX claim_waiting ON claim (review_by) WHERE outcome IS NULL;
CREATE INDEX claim_person ON claim (person);
CREATE INDEX claim_actor ON claim (actor);

-- Who may act for whom, by which right, until when; both named by logical id of Patient.
CREATE TABLE proxy (
    id uuid PRIMARY KEY REFERENCES own_link ON DELETE CASCADE,
    proxy text NOT NULL,
    person text NOT NULL,
    relation text NOT NULL,
    rights text[] NOT NULL,
    granted_by text NOT NULL,
    reason text NOT NULL,
    ended timestamptz,
    ended_by text,
    ended_reason text
);
CREATE INDEX proxy_proxy ON proxy (proxy);
CREATE INDEX proxy_person ON proxy (person);

-- What each Consent says about one use; a stale row comes from a feed that is being read anew and
-- counts until the reading has come to its end.
CREATE TABLE choice (
    origin bigint PRIMARY KEY,
    patient uuid NOT NULL,
    kind text NOT NULL,
    refused boolean NOT NULL,
    consent text NOT NULL,
    recorded timestamptz NOT NULL,
    stale boolean NOT NULL DEFAULT false
);
CREATE INDEX choice_patient ON choice (patient);
CREATE INDEX choice_stale ON choice (origin) WHERE stale;

-- Referrals and choices count from now on, so the feed is read from its beginning once more.
DELETE FROM access_cursor;
