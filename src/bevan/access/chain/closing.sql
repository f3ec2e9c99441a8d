-- name: there
-- Whether the audit has such a month.
SELECT EXISTS (SELECT FROM pg_partition_tree('audit') p JOIN pg_class c ON c.oid = p.relid
  WHERE c.relname = $1);

-- name: standing
-- What keeps a month from being closed: earlier entries, entries without a link.
SELECT EXISTS (SELECT FROM audit WHERE at < $1) AS earlier,
  EXISTS (SELECT FROM audit WHERE at >= $1 AND at < $2 AND txid >= coalesce(
    (SELECT closes FROM audit_link ORDER BY number DESC LIMIT 1), 0)) AS unsealed;

-- name: people
-- Whom the entries of a month name.
SELECT DISTINCT patient FROM audit WHERE at >= $1 AND at < $2 AND patient IS NOT NULL;

-- name: entries
-- The entries of a month, in the order of their times.
SELECT txid, (extract(epoch FROM at) * 1000000)::bigint AS at, agent, purpose, version, entries,
  patient::text, action::text, outcome::text, request, type, id, query, salt, leaf, disposal
FROM audit WHERE at >= $1 AND at < $2 ORDER BY at, txid, ctid;
