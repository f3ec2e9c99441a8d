-- Where each relationship comes from, who is restricted, and how far the feed was followed.

-- One row for each thing in the record that gives an organisation or a professional a reason to
-- see a person; the relationships themselves (table relationship) are the union of these.
CREATE TABLE relationship_origin (
    origin bigint NOT NULL,                   -- hash of Type/id of the resource that says so
    holder uuid NOT NULL,
    patient uuid NOT NULL,
    kind text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,                        -- null: for as long as the resource says so
    PRIMARY KEY (origin, holder, patient, kind)
);
CREATE INDEX relationship_origin_patient ON relationship_origin (patient, holder, kind);

-- People whose whereabouts nobody may learn (confidentiality R or V on their Patient resource).
CREATE TABLE restricted_person (
    patient uuid PRIMARY KEY
);

-- How far the change feed was followed.
CREATE TABLE access_cursor (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    cursor text NOT NULL
);
