-- name: register
-- Keep a new client; no row when the id is taken.
INSERT INTO registered_client (id, name, use, authentication, status, redirects, scopes, origins,
    jwks, jwks_uri, launch, extra, registered, registered_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12::jsonb, $13, $14)
ON CONFLICT DO NOTHING RETURNING id

-- name: find
-- One client, whatever its status.
SELECT id, name, use, authentication, status, redirects, scopes, origins, jwks::text AS jwks,
    jwks_uri, launch, extra::text AS extra, registered
FROM registered_client WHERE id = $1

-- name: list
-- Every client, those that wait for a decision first.
SELECT id, name, use, authentication, status, redirects, scopes, origins, jwks::text AS jwks,
    jwks_uri, launch, extra::text AS extra, registered
FROM registered_client ORDER BY status <> 'pending', name, id

-- name: decide
-- Approve a client that waits, or revoke one that doesn't yet stand revoked.
UPDATE registered_client SET status = $2, decided = $3, decided_by = $4
WHERE id = $1 AND status = ANY($5::text[]) RETURNING id

-- name: origins
-- The origins from which approved programs in a browser may call.
SELECT DISTINCT unnest(origins) AS origin FROM registered_client WHERE status = 'approved'
