-- Which records were merged, moved or judged to be of different people, and what that moved.

-- One row for each merge; it stays when the merge is undone.
CREATE TABLE person_merge (
    id uuid PRIMARY KEY,
    survivor text NOT NULL,
    merged text NOT NULL,
    survivor_before integer NOT NULL,         -- versions of the two Patients before the merge
    merged_before integer NOT NULL,
    survivor_after integer,                   -- and after it
    merged_after integer,
    at timestamptz NOT NULL,
    by_kind text NOT NULL,
    by_id text NOT NULL,
    by_name text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('moving', 'merged', 'undoing', 'undone')),
    undone timestamptz
);
-- A record is merged into one other at a time.
CREATE UNIQUE INDEX person_merge_merged ON person_merge (merged) WHERE state <> 'undone';
CREATE INDEX person_merge_survivor ON person_merge (survivor);

-- Each row that a merge moved, with the versions before and after, so that it can be put back.
CREATE TABLE person_moved (
    merge uuid NOT NULL REFERENCES person_merge ON DELETE CASCADE,
    type text NOT NULL,
    id text NOT NULL,
    before integer NOT NULL,
    after integer NOT NULL,
    PRIMARY KEY (merge, type, id)
);

-- Each entry that was on the wrong person's record and was moved to the right one.
CREATE TABLE person_correction (
    id uuid PRIMARY KEY,
    type text NOT NULL,
    row_id text NOT NULL,
    wrong text NOT NULL,
    right_person text NOT NULL,
    before integer NOT NULL,
    after integer NOT NULL,
    at timestamptz NOT NULL,
    by_kind text NOT NULL,
    by_id text NOT NULL,
    by_name text NOT NULL,
    reason text NOT NULL
);

-- What a clerk decided of a pair, in the order of their ids; a pair that is different isn't
-- proposed again.
CREATE TABLE person_decision (
    first text NOT NULL,
    second text NOT NULL,
    decision text NOT NULL CHECK (decision IN ('same', 'different', 'unsure')),
    reason text NOT NULL,
    task text NOT NULL,
    at timestamptz NOT NULL,
    by_kind text NOT NULL,
    by_id text NOT NULL,
    by_name text NOT NULL,
    PRIMARY KEY (first, second, at),
    CHECK (first < second)
);
