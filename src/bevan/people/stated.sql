-- name: about
-- What is known of these records, or names one of them as the record that stands.
SELECT merged FROM person_stated WHERE merged = ANY($1) OR survivor = ANY($1)

-- name: every
-- All of it.
SELECT merged FROM person_stated

-- name: state
-- Keeps what is said of a record; with a new turn, if it is new.
INSERT INTO person_stated (merged, survivor, followed) VALUES ($1, $2, $3)
ON CONFLICT (merged) DO UPDATE SET
    survivor = excluded.survivor, followed = excluded.followed,
    turn = nextval(pg_get_serial_sequence('person_stated', 'turn'))
WHERE (person_stated.survivor, person_stated.followed) <> (excluded.survivor, excluded.followed)

-- name: withdraw
-- A record stands by itself again; the row stays, so that every process learns of it.
UPDATE person_stated SET
    followed = false, turn = nextval(pg_get_serial_sequence('person_stated', 'turn'))
WHERE merged = $1 AND followed
