-- Cases for privacy officers: looks that a rule says somebody should look at.

-- One for each rule, actor, person and day. `patient` is all zeros where the rule is about many.
CREATE TABLE watch_case (
    id uuid PRIMARY KEY,
    rule text NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    role text NOT NULL,
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    patient uuid NOT NULL,
    day date NOT NULL,
    first timestamptz NOT NULL,
    raised timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('right', 'learning', 'wrong')),
    words text,
    reviewer text,
    reviewer_name text,
    reviewed timestamptz,
    UNIQUE (rule, actor, organisation, patient, day)
);
CREATE INDEX watch_case_waiting ON watch_case (first DESC) WHERE outcome IS NULL;

-- Up to which transaction of the audit looks were watched.
CREATE TABLE watch_cursor (one boolean PRIMARY KEY DEFAULT true CHECK (one), txid bigint NOT NULL);
