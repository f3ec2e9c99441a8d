-- name: person_moved
-- What merges of their records moved.
DELETE FROM person_moved m USING person_merge p
WHERE m.merge = p.id AND (p.survivor = ANY({ids}) OR p.merged = ANY({ids}))

-- name: person_merge
-- Merges of their records.
DELETE FROM person_merge WHERE survivor = ANY({ids}) OR merged = ANY({ids})

-- name: person_correction
-- Entries that were moved from or to them.
DELETE FROM person_correction WHERE wrong = ANY({ids}) OR right_person = ANY({ids})

-- name: person_decision
-- Decisions whether they are somebody else.
DELETE FROM person_decision WHERE first = ANY({ids}) OR second = ANY({ids})

-- name: person_closed
-- That one of their records was closed under an old identity.
DELETE FROM person_closed WHERE person = ANY({ids})

-- name: person_stated
-- What sources said of their records having been replaced.
DELETE FROM person_stated WHERE merged = ANY({ids}) OR survivor = ANY({ids})
