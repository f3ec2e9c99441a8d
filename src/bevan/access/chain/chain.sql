-- name: lock
-- Lets one process at a time add to the chain.
SELECT pg_advisory_xact_lock(hashtext('bevan audit chain'));

-- name: mark
-- Everything before this transaction is settled; the epoch of the feed.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS mark,
  (SELECT max(epoch) FROM feed_epoch) AS epoch;

-- name: last
-- The newest link.
SELECT * FROM audit_link ORDER BY number DESC LIMIT 1;

-- name: end
-- The transaction at which a link of limited size ends, no transaction split; nothing where all fit.
SELECT e.txid + (NOT EXISTS (SELECT FROM audit WHERE txid >= $1 AND txid < e.txid))::int
FROM (SELECT txid FROM audit WHERE txid >= $1 AND txid < $2 ORDER BY txid OFFSET $3 LIMIT 1) e;

-- name: entries
-- The entries that a link seals.
SELECT txid, (extract(epoch FROM at) * 1000000)::bigint AS at, agent, purpose, version, entries,
  patient::text, action::text, outcome::text, request, type, id, query, salt, leaf, disposal
FROM audit WHERE txid >= $1 AND txid < $2;

-- name: actors
-- The actors with these numbers.
SELECT n, kind, id, name, role, organisation, organisation_name, app FROM agent
WHERE n = ANY($1::int[]);

-- name: purposes
-- The purposes with these numbers.
SELECT n, purpose FROM purpose WHERE n = ANY($1::int[]);

-- name: add
-- Adds a link.
INSERT INTO audit_link (number, epoch, opens, closes, entries, first, last, root, listing, previous,
  kept_from, sealed, key, hash, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, decode($8, 'hex'), decode($9, 'hex'), decode($10, 'hex'),
  $11, $12, $13, decode($14, 'hex'), decode($15, 'hex'));

-- name: waiting
-- Links that haven't reached a place, oldest first.
SELECT l.* FROM audit_link l
WHERE NOT EXISTS (SELECT FROM audit_handed h WHERE h.place = $1 AND h.number = l.number)
ORDER BY l.number LIMIT $2;

-- name: handed
-- Notes that a link has reached a place.
INSERT INTO audit_handed (place, number) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: links
-- Links in their order, from a number on.
SELECT * FROM audit_link WHERE number >= $1 ORDER BY number LIMIT $2;

-- name: unsealed
-- How many entries no link seals yet, and since when the oldest of them waits (by its own time).
SELECT count(*) AS entries, min(at) AS oldest FROM audit
WHERE txid >= coalesce((SELECT closes FROM audit_link ORDER BY number DESC LIMIT 1), 0);

-- name: state
-- The newest link, and the newest that reached a place.
SELECT (SELECT max(number) FROM audit_link) AS links,
  (SELECT sealed FROM audit_link ORDER BY number DESC LIMIT 1) AS sealed,
  (SELECT max(number) FROM audit_handed WHERE place = $1) AS handed,
  (SELECT min(l.sealed) FROM audit_link l WHERE NOT EXISTS (
    SELECT FROM audit_handed h WHERE h.place = $1 AND h.number = l.number)) AS waits;
