-- name: cursor
-- How far the feed was followed.
SELECT cursor FROM access_cursor

-- name: advance
-- Take a stretch of the feed: from where it was left ($1) to $2; nothing if somebody else took it.
INSERT INTO access_cursor AS c (cursor) VALUES ($2)
ON CONFLICT (one) DO UPDATE SET cursor = excluded.cursor WHERE c.cursor = $1
RETURNING true

-- name: forget_all
-- Start over: the feed's epoch changed, so everything is derived again.
DELETE FROM relationship_origin

-- name: forget_relationships
-- Start over: no relationship stands while its origins are read again.
DELETE FROM relationship

-- name: forget_restricted
-- Start over with the restricted people.
DELETE FROM restricted_person

-- name: forget
-- Drop what these resources stood for and no longer say; which relations may have changed.
DELETE FROM relationship_origin o
WHERE o.origin = ANY($1::bigint[])
  AND NOT EXISTS (
    SELECT FROM unnest($2::bigint[], $3::uuid[], $4::uuid[], $5::text[])
        AS n(origin, holder, patient, kind)
    WHERE (n.origin, n.holder, n.patient, n.kind) = (o.origin, o.holder, o.patient, o.kind))
RETURNING holder, patient, kind

-- name: remember
-- Keep what these resources stand for; which relations are new or changed.
INSERT INTO relationship_origin AS o (origin, holder, patient, kind, since, until)
SELECT * FROM unnest(
    $1::bigint[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[])
ON CONFLICT (origin, holder, patient, kind) DO UPDATE
SET since = excluded.since, until = excluded.until
WHERE (o.since, o.until) IS DISTINCT FROM (excluded.since, excluded.until)
RETURNING holder, patient, kind

-- name: withdraw
-- Take away touched relationships that no origin stands for in the same way any more.
DELETE FROM relationship r
USING (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS t(holder, patient, kind)) t
WHERE (r.holder, r.patient, r.kind) = (t.holder, t.patient, t.kind)
  AND r.since IS DISTINCT FROM (
    SELECT min(o.since) FROM relationship_origin o
    WHERE (o.patient, o.holder, o.kind) = (t.patient, t.holder, t.kind)
      AND NOT EXISTS (SELECT FROM refusal x WHERE x.patient = t.patient AND x.kind = 'sharing'))

-- name: grant
-- Put touched relationships to what their origins say together: from the first to the last end.
INSERT INTO relationship AS r (holder, patient, kind, since, until)
SELECT o.holder, o.patient, o.kind, min(o.since),
       CASE WHEN bool_or(o.until IS NULL) THEN NULL ELSE max(o.until) END
FROM relationship_origin o
JOIN (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS t(holder, patient, kind)) t
  ON (o.patient, o.holder, o.kind) = (t.patient, t.holder, t.kind)
WHERE NOT EXISTS (SELECT FROM refusal x WHERE x.patient = o.patient AND x.kind = 'sharing')
GROUP BY o.holder, o.patient, o.kind
ON CONFLICT (holder, patient, kind, since) DO UPDATE SET until = excluded.until
WHERE r.until IS DISTINCT FROM excluded.until

-- name: release
-- These people aren't restricted any more.
DELETE FROM restricted_person WHERE patient = ANY($1::uuid[])

-- name: restrict
-- These people are restricted.
INSERT INTO restricted_person (patient) SELECT * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING

-- name: restricted
-- Everyone who is restricted.
SELECT patient FROM restricted_person

-- name: doubt_choices
-- Start over with what people said: it stands, in doubt, until the whole feed was read again.
UPDATE choice SET stale = true

-- name: restore_own
-- Links that no feed states stand as before, save those of people who object to sharing.
INSERT INTO relationship (holder, patient, kind, since, until)
SELECT o.holder, o.patient, o.kind, o.since, o.until FROM own_link o
WHERE o.kind = 'proxy'
   OR NOT EXISTS (SELECT FROM refusal x WHERE x.patient = o.patient AND x.kind = 'sharing')
ON CONFLICT (holder, patient, kind, since) DO UPDATE SET until = excluded.until

-- name: unsay
-- Forget what these resources said; whoever they spoke for is looked at again.
DELETE FROM choice WHERE origin = ANY($1::bigint[]) RETURNING patient

-- name: unsay_doubted
-- Forget what nothing in the feed says any more.
DELETE FROM choice WHERE stale RETURNING patient

-- name: say
-- Keep what these resources say.
INSERT INTO choice (origin, patient, kind, refused, consent, recorded)
SELECT * FROM unnest(
    $1::bigint[], $2::uuid[], $3::text[], $4::bool[], $5::text[], $6::timestamptz[])
ON CONFLICT (origin) DO NOTHING

-- name: refuse
-- These people's refusals, as the record asks for them.
INSERT INTO refusal (patient, kind)
SELECT DISTINCT patient, kind FROM choice WHERE refused AND patient = ANY($1::uuid[])
ON CONFLICT DO NOTHING

-- name: allow
-- Take back refusals that nothing says any more.
DELETE FROM refusal x
WHERE x.patient = ANY($1::uuid[]) AND NOT EXISTS (
    SELECT FROM choice c WHERE c.patient = x.patient AND c.kind = x.kind AND c.refused)

-- name: cut_links
-- No professional has a link with who objects to sharing; who acts for them has theirs still.
DELETE FROM relationship r
WHERE r.patient = ANY($1::uuid[]) AND r.kind <> 'proxy'
  AND EXISTS (SELECT FROM refusal x WHERE x.patient = r.patient AND x.kind = 'sharing')

-- name: mend_links
-- The links of who doesn't object (any more), as their origins say.
INSERT INTO relationship AS r (holder, patient, kind, since, until)
SELECT o.holder, o.patient, o.kind, min(o.since),
       CASE WHEN bool_or(o.until IS NULL) THEN NULL ELSE max(o.until) END
FROM relationship_origin o
WHERE o.patient = ANY($1::uuid[])
  AND NOT EXISTS (SELECT FROM refusal x WHERE x.patient = o.patient AND x.kind = 'sharing')
GROUP BY o.holder, o.patient, o.kind
ON CONFLICT (holder, patient, kind, since) DO UPDATE SET until = excluded.until
WHERE r.until IS DISTINCT FROM excluded.until

-- name: mend_own
-- The links that people made themselves, of who doesn't object (any more).
INSERT INTO relationship AS r (holder, patient, kind, since, until)
SELECT o.holder, o.patient, o.kind, o.since, o.until FROM own_link o
WHERE o.patient = ANY($1::uuid[])
  AND NOT EXISTS (SELECT FROM refusal x WHERE x.patient = o.patient AND x.kind = 'sharing')
ON CONFLICT (holder, patient, kind, since) DO UPDATE SET until = excluded.until
WHERE r.until IS DISTINCT FROM excluded.until
