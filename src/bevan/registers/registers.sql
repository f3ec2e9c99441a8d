-- name: add
-- A new entry, and the first line of its ledger.
WITH made AS (
  INSERT INTO register_entry (id, register, organisation, form, form_version, title, state, answers,
    opened, changed, due, review)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11) RETURNING *)
INSERT INTO register_event (entry, version, at, actor, name, role, what, state, note, answers)
SELECT id, version, opened, $12, $13, $14, $15, state, $16, answers FROM made;

-- name: change
-- An entry as it now is and a line of its ledger; nothing where another change came first.
WITH changed AS (
  UPDATE register_entry SET title = $3, state = $4, answers = $5, changed = $6, due = $7,
    review = $8, form_version = $14, version = version + 1
  WHERE id = $1 AND version = $2 RETURNING *)
INSERT INTO register_event (entry, version, at, actor, name, role, what, state, note, answers)
SELECT id, version, changed, $9, $10, $11, $12, state, $13, answers FROM changed
RETURNING version;

-- name: one
-- An entry of an organisation.
SELECT * FROM register_entry WHERE id = $1 AND organisation = $2;

-- name: every
-- The entries of one register of an organisation, those with the nearest clock first.
SELECT * FROM register_entry WHERE organisation = $1 AND register = $2
ORDER BY due NULLS LAST, opened DESC, id LIMIT $3;

-- name: counted
-- How many entries each register of an organisation has in each state, and how many are late.
SELECT register, state, count(*) AS n, count(*) FILTER (WHERE due < $2) AS late,
  count(*) FILTER (WHERE review < $3) AS stale
FROM register_entry WHERE organisation = $1 GROUP BY register, state;

-- name: public
-- The entries of a register that everybody may see, of all organisations.
SELECT * FROM register_entry WHERE register = $1 AND state = ANY($2::text[])
ORDER BY title, id LIMIT $3;

-- name: ledger
-- What was done with an entry, oldest first.
SELECT version, at, actor, name, role, what, state, note, answers FROM register_event
WHERE entry = $1 ORDER BY version;

-- name: add_evidence
-- Something that bears an entry out.
INSERT INTO register_evidence (id, entry, name, place, review, added, added_by)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: evidence
-- What bears an entry out, oldest first.
SELECT id, name, place, review, added, added_by FROM register_evidence
WHERE entry = $1 ORDER BY added, id;
