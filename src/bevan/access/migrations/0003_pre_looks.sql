-- Looks: what the audit says about a person, gathered so that they can read it at once.

-- What one actor did about one person for one purpose without a pause of more than half an hour.
-- Made from entries of the audit whose transaction lies before the cursor; it can be made again.
--   system        whether the actor is a computer, which stands apart on the page
--   saw, changed  the types of what was seen and changed
CREATE TABLE look (
    patient uuid NOT NULL,
    agent integer NOT NULL,
    purpose integer NOT NULL,
    system boolean NOT NULL,
    began timestamptz NOT NULL,
    ended timestamptz NOT NULL,
    saw text[] NOT NULL,
    changed text[] NOT NULL
);
CREATE INDEX look_newest ON look (patient, system, ended DESC, agent DESC, purpose DESC);
CREATE INDEX look_of ON look (patient, agent, purpose, ended);

-- When each actor last looked at each person: how many people looked is how many rows are newer.
CREATE TABLE looker (
    patient uuid NOT NULL,
    agent integer NOT NULL,
    last timestamptz NOT NULL,
    PRIMARY KEY (patient, agent)
);

-- Up to which transaction of the audit (not included) looks are gathered.
CREATE TABLE look_cursor (one boolean PRIMARY KEY DEFAULT true CHECK (one), txid bigint NOT NULL);
