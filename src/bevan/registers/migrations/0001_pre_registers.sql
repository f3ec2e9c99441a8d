-- Registers of an organisation's own affairs: entries, their evidence and the ledger of what was
-- done. Nothing here is a patient's record.
CREATE TABLE register_entry (
  id uuid PRIMARY KEY,
  register text NOT NULL,
  organisation text NOT NULL,
  form text NOT NULL,
  form_version text NOT NULL,
  title text NOT NULL,
  state text NOT NULL,
  answers jsonb NOT NULL,
  version int NOT NULL DEFAULT 1,
  opened timestamptz NOT NULL,
  changed timestamptz NOT NULL,
  due timestamptz,
  review date
);
CREATE INDEX register_entry_of ON register_entry (organisation, register, opened DESC);

CREATE TABLE register_evidence (
  id uuid PRIMARY KEY,
  entry uuid NOT NULL REFERENCES register_entry,
  name text NOT NULL,
  place text NOT NULL,
  review date,
  added timestamptz NOT NULL,
  added_by text NOT NULL
);
CREATE INDEX register_evidence_of ON register_evidence (entry, added);

-- at, who and in what role; what was done; from which state to which; and the answers as they were.
CREATE TABLE register_event (
  entry uuid NOT NULL REFERENCES register_entry,
  version int NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  what text NOT NULL,
  state text NOT NULL,
  note text NOT NULL,
  answers jsonb NOT NULL,
  PRIMARY KEY (entry, version)
);
COMMENT ON TABLE register_event IS 'insert only: the ledger of what was decided and by whom';
