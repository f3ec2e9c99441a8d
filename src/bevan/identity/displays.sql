-- name: offer
-- Keep a screen that is to be let in, with its code.
INSERT INTO ward_display (id, name, ward, ward_name, organisation, organisation_name, made_by, made,
    code, code_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: enrol
-- Let a screen in by its code, which is used up by it.
UPDATE ward_display SET code = NULL, secret = $3, enrolled = $2, until = $4
WHERE code = $1 AND code_until > $2 AND ended IS NULL
RETURNING id, name, ward, ward_name, organisation, organisation_name, made, enrolled, until, made_by

-- name: shown
-- The screen with a secret, while it lasts.
SELECT id, name, ward, ward_name, organisation, organisation_name, made, enrolled, until, made_by
FROM ward_display WHERE secret = $1 AND until > $2 AND ended IS NULL

-- name: list
-- The screens of an organisation that are let in or could be, the newest first.
SELECT id, name, ward, ward_name, organisation, organisation_name, made, enrolled, until, made_by
FROM ward_display
WHERE organisation = $1 AND ended IS NULL AND coalesce(until, code_until) > $2
ORDER BY made DESC, id

-- name: stop
-- End a screen of an organisation.
UPDATE ward_display SET ended = $3, code = NULL WHERE id = $1 AND organisation = $2 AND ended IS NULL
RETURNING id
