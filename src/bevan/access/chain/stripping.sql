-- name: about
-- Entries about a person, by them, or that ask for them by their id.
SELECT tableoid::oid::bigint AS leaf_table, ctid AS place, txid,
  (extract(epoch FROM at) * 1000000)::bigint AS at, agent, purpose, version, entries,
  patient::text, action::text, outcome::text, request, type, id, query, salt, leaf, disposal
FROM audit WHERE patient = $1 OR id = $2 OR agent = ANY($3::int[]);

-- name: searches
-- Every entry that says what was searched for: events and places of the feed aside.
SELECT tableoid::oid::bigint AS leaf_table, ctid AS place, txid,
  (extract(epoch FROM at) * 1000000)::bigint AS at, agent, purpose, version, entries,
  patient::text, action::text, outcome::text, request, type, id, query, salt, leaf, disposal
FROM audit WHERE query IS NOT NULL AND action NOT IN ('n', 'f');

-- name: strip
-- Strips entries of one partition under a certificate.
SELECT strip_audit($1::bigint::oid::regclass, $2::uuid, $3::tid[], $4::bytea[], $5::boolean[],
  $6::uuid, $7::uuid, $8::int[], $9::int);
