-- name: seed_account
-- Add an account or bring it up to date; a closed one stays closed.
INSERT INTO account (id, kind, actor, name, title, demo, rank)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::int[])
ON CONFLICT (id) DO UPDATE SET
    kind = excluded.kind, actor = excluded.actor, name = excluded.name,
    title = excluded.title, demo = excluded.demo, rank = excluded.rank

-- name: clear_roles
-- Forget the roles of these accounts, before their new ones are added in the same transaction.
DELETE FROM account_role WHERE account = ANY($1::text[])

-- name: add_roles
-- Add the roles of several accounts.
INSERT INTO account_role (account, position, role, organisation, organisation_name)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[])

-- name: list_demo
-- The people a demonstration offers to sign in as, in their order, with their roles.
SELECT a.id, a.kind, a.actor, a.name, a.title, a.demo, a.subject, a.email, a.phone, a.level, a.closed,
       coalesce(r.roles, '{}') AS roles, coalesce(r.organisations, '{}') AS organisations,
       coalesce(r.names, '{}') AS names, coalesce(r.codes, '{}') AS codes,
       coalesce(r.positions, '{}') AS positions
FROM account a LEFT JOIN account_roles r ON r.account = a.id
WHERE a.demo AND a.closed IS NULL
ORDER BY a.rank, a.id

-- name: find
-- An account by its id.
SELECT a.id, a.kind, a.actor, a.name, a.title, a.demo, a.subject, a.email, a.phone, a.level, a.closed,
       coalesce(r.roles, '{}') AS roles, coalesce(r.organisations, '{}') AS organisations,
       coalesce(r.names, '{}') AS names, coalesce(r.codes, '{}') AS codes,
       coalesce(r.positions, '{}') AS positions
FROM account a LEFT JOIN account_roles r ON r.account = a.id
WHERE a.id = $1

-- name: by_email
-- The open account of an email address.
SELECT a.id, a.kind, a.actor, a.name, a.title, a.demo, a.subject, a.email, a.phone, a.level, a.closed,
       coalesce(r.roles, '{}') AS roles, coalesce(r.organisations, '{}') AS organisations,
       coalesce(r.names, '{}') AS names, coalesce(r.codes, '{}') AS codes,
       coalesce(r.positions, '{}') AS positions
FROM account a LEFT JOIN account_roles r ON r.account = a.id
WHERE a.email = $1 AND a.closed IS NULL

-- name: by_name
-- The open account that other systems know by a subject.
SELECT a.id, a.kind, a.actor, a.name, a.title, a.demo, a.subject, a.email, a.phone, a.level, a.closed,
       coalesce(r.roles, '{}') AS roles, coalesce(r.organisations, '{}') AS organisations,
       coalesce(r.names, '{}') AS names, coalesce(r.codes, '{}') AS codes,
       coalesce(r.positions, '{}') AS positions
FROM account a LEFT JOIN account_roles r ON r.account = a.id
WHERE a.subject = $1 AND a.closed IS NULL

-- name: by_actor
-- The open account of a Patient or Practitioner.
SELECT a.id, a.kind, a.actor, a.name, a.title, a.demo, a.subject, a.email, a.phone, a.level, a.closed,
       coalesce(r.roles, '{}') AS roles, coalesce(r.organisations, '{}') AS organisations,
       coalesce(r.names, '{}') AS names, coalesce(r.codes, '{}') AS codes,
       coalesce(r.positions, '{}') AS positions
FROM account a LEFT JOIN account_roles r ON r.account = a.id
WHERE a.kind = $1 AND a.actor = $2 AND a.closed IS NULL
ORDER BY a.id LIMIT 1

-- name: of_subject
-- The open account of somebody whom another provider knows.
SELECT a.id, a.kind, a.actor, a.name, a.title, a.demo, a.subject, a.email, a.phone, a.level, a.closed,
       coalesce(r.roles, '{}') AS roles, coalesce(r.organisations, '{}') AS organisations,
       coalesce(r.names, '{}') AS names, coalesce(r.codes, '{}') AS codes,
       coalesce(r.positions, '{}') AS positions
FROM account a LEFT JOIN account_roles r ON r.account = a.id
JOIN account_subject s ON s.account = a.id
WHERE s.issuer = $1 AND s.subject = $2 AND a.closed IS NULL

-- name: staff
-- Every worker's account, open ones first.
SELECT a.id, a.kind, a.actor, a.name, a.title, a.demo, a.subject, a.email, a.phone, a.level, a.closed,
       coalesce(r.roles, '{}') AS roles, coalesce(r.organisations, '{}') AS organisations,
       coalesce(r.names, '{}') AS names, coalesce(r.codes, '{}') AS codes,
       coalesce(r.positions, '{}') AS positions
FROM account a LEFT JOIN account_roles r ON r.account = a.id
WHERE a.kind = 'practitioner'
ORDER BY a.closed IS NOT NULL, a.name, a.id

-- name: add
-- Add the account of a real person.
INSERT INTO account (id, kind, actor, name, title, email, phone, level, made)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: link
-- Another provider's name for a person; a name that is taken stays with whom it names.
INSERT INTO account_subject (issuer, subject, account, since) VALUES ($1, $2, $3, $4)
ON CONFLICT (issuer, subject) DO NOTHING

-- name: prove
-- How well an identity is proven, whose record is theirs, and their name there.
UPDATE account SET level = $2, actor = $3, name = $4 WHERE id = $1 AND closed IS NULL

-- name: give_role
-- Add a role under a position that was never used in this account.
WITH next AS (
    UPDATE account SET roles_given = greatest(roles_given,
        coalesce((SELECT max(position) + 1 FROM account_role WHERE account = $1), 0)) + 1
    WHERE id = $1 AND closed IS NULL RETURNING roles_given - 1 AS position)
INSERT INTO account_role (account, position, role, organisation, organisation_name, code, since)
SELECT $1, position, $2, $3, $4, $5, $6 FROM next
RETURNING position

-- name: take_role
-- Take a role away.
DELETE FROM account_role WHERE account = $1 AND position = $2

-- name: close_account
-- Close an account; its sessions end with it.
UPDATE account SET closed = $2 WHERE id = $1 AND closed IS NULL
