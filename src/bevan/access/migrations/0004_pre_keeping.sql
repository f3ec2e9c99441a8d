-- Keeping records: what stops a disposal, and disposals from the asking to the certificate.

-- A hold stops disposal, of one person or (person null) of everybody: an inquiry, a claim, a request.
CREATE TABLE keeping_hold (
    id uuid PRIMARY KEY,
    person text,
    reason text NOT NULL,
    until date,
    placed timestamptz NOT NULL,
    placed_by text NOT NULL,
    placed_by_name text NOT NULL,
    lifted timestamptz,
    lifted_by text,
    lifted_by_name text,
    lifted_reason text
);
CREATE INDEX keeping_hold_person ON keeping_hold (person) WHERE lifted IS NULL;

-- Whose record is due, as the last look found; made anew by each look.
CREATE TABLE keeping_due (
    person text PRIMARY KEY,
    schedule text NOT NULL,
    since date NOT NULL,
    found timestamptz NOT NULL
);

-- One disposal. person, ids and words are emptied when it is done: then only the reference is left.
CREATE TABLE disposal (
    id uuid PRIMARY KEY,
    person text,
    ids text[] NOT NULL,
    words text[] NOT NULL,
    reference uuid NOT NULL UNIQUE,
    schedule text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'withdrawn', 'decided', 'told', 'done')),
    asked timestamptz NOT NULL,
    asked_by text NOT NULL,
    asked_by_name text NOT NULL,
    asked_by_role text NOT NULL,
    decided timestamptz,
    decided_by text,
    decided_by_name text,
    decided_by_role text,
    told timestamptz,
    removed jsonb NOT NULL DEFAULT '{}',
    done timestamptz,
    CHECK (state = 'withdrawn' OR decided_by IS NULL OR decided_by <> asked_by)
);
CREATE UNIQUE INDEX disposal_person ON disposal (person) WHERE state IN ('asked', 'decided', 'told');
