-- name: relationship_origin
-- Where links came from.
DELETE FROM relationship_origin WHERE patient = ANY({people}) OR holder = ANY({people})

-- name: restricted_person
-- That the people were protected.
DELETE FROM restricted_person WHERE patient = ANY({people})

-- name: choice
-- What they said about the use of their record.
DELETE FROM choice WHERE patient = ANY({people})

-- name: claim
-- Who opened their record in an emergency or by a claim.
DELETE FROM claim WHERE person = ANY({ids})

-- name: proxy
-- Who acted for them, and whom they acted for.
DELETE FROM proxy WHERE person = ANY({ids}) OR proxy = ANY({ids})

-- name: own_link
-- Links that no feed states.
DELETE FROM own_link WHERE patient = ANY({people}) OR holder = ANY({people})

-- name: look
-- Looks at them, and theirs.
DELETE FROM look WHERE patient = ANY({people})
  OR agent IN (SELECT n FROM agent WHERE kind = 'patient' AND id = ANY({ids}))

-- name: looker
-- When somebody last looked at them, and they at others.
DELETE FROM looker WHERE patient = ANY({people})
  OR agent IN (SELECT n FROM agent WHERE kind = 'patient' AND id = ANY({ids}))

-- name: watch_case
-- Cases about looks at them, and theirs.
DELETE FROM watch_case WHERE patient = ANY({people}) OR actor = ANY({ids})
