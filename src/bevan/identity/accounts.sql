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
SELECT a.id, a.kind, a.actor, a.name, a.title, a.demo,
       coalesce(array_agg(r.role ORDER BY r.position) FILTER (WHERE r.account IS NOT NULL), '{}') AS roles,
       coalesce(array_agg(r.organisation ORDER BY r.position) FILTER (WHERE r.account IS NOT NULL), '{}') AS organisations,
       coalesce(array_agg(r.organisation_name ORDER BY r.position) FILTER (WHERE r.account IS NOT NULL), '{}') AS names
FROM account a LEFT JOIN account_role r ON r.account = a.id
WHERE a.demo AND a.closed IS NULL
GROUP BY a.id
ORDER BY a.rank, a.id

-- name: close_account
-- Close an account; its sessions end with it.
UPDATE account SET closed = $2 WHERE id = $1 AND closed IS NULL
