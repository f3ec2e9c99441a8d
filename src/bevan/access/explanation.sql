-- name: links
-- Every link of these people, ended ones too.
SELECT patient, holder, kind, since, until FROM relationship
WHERE patient = ANY($1::uuid[]) ORDER BY patient, since, kind

-- name: refusals
-- What these people refused.
SELECT patient, kind FROM refusal WHERE patient = ANY($1::uuid[])

-- name: choices
-- What a person said about the use of their record, and which Consent says so.
SELECT kind, refused, consent, recorded FROM choice WHERE patient = $1 ORDER BY kind, consent

-- name: sample
-- Some people who have a link, the same ones each time.
SELECT DISTINCT patient FROM relationship ORDER BY patient LIMIT $1
