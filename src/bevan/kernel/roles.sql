-- name: name
-- The name of the role that serves this database: the database's own name and `_app`.
SELECT left(current_database(), 59) || '_app';

-- name: there
-- Whether a role of that name exists.
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1);

-- name: may_create
-- Whether we may make roles.
SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user;

-- name: making
-- The statement that makes a role able to sign in; with a password where one is given.
SELECT CASE WHEN $2::text IS NULL THEN format('CREATE ROLE %I LOGIN', $1::text)
  ELSE format('CREATE ROLE %I LOGIN PASSWORD %L', $1::text, $2::text) END;

-- name: grants
-- The statements that give a role its rights on every table, function and sequence, and no more.
-- A table whose comment begins with "insert only" can't be changed, one with "read only" not even
-- be added to; so are their partitions, which are only reached through their parent.
WITH tables AS (
  SELECT c.oid::regclass AS name, c.relispartition AS leaf, c.relkind IN ('v', 'm') AS view,
    coalesce(obj_description(coalesce(pg_partition_root(c.oid), c.oid)::oid, 'pg_class'), '') AS note
  FROM pg_class c
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
)
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), $1::text)
UNION ALL
SELECT format('REVOKE ALL ON %s FROM %I', name, $1::text) FROM tables
UNION ALL
SELECT format('GRANT %s ON %s TO %I',
    CASE WHEN view OR note LIKE 'read only%' THEN 'SELECT'
      WHEN note LIKE 'insert only%' THEN 'SELECT, INSERT'
      ELSE 'SELECT, INSERT, UPDATE, DELETE' END, name, $1::text)
FROM tables WHERE NOT (leaf AND note LIKE ANY (ARRAY['insert only%', 'read only%']))
UNION ALL
SELECT format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I', current_schema(), $1::text)
UNION ALL
SELECT format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %I TO %I', current_schema(), $1::text);

-- name: close_schema
-- Nobody but the owner makes anything in the schema.
SELECT format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());

-- name: owned
-- Whether the role of this session could change what the tables are: as their owner or a superuser.
SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
  OR EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
    AND c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'USAGE'));
