-- name: cursor
-- Up to which transaction looks are gathered; whoever asks is the one to go on.
SELECT txid FROM look_cursor FOR UPDATE;

-- name: begin
-- Puts the cursor at the beginning, where there is none.
INSERT INTO look_cursor (txid) VALUES (0) ON CONFLICT DO NOTHING;

-- name: mark
-- Everything before this transaction is settled.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint;

-- name: gather
-- Makes looks of the entries of some transactions, together with the looks that they continue.
WITH fresh AS MATERIALIZED (
  SELECT a.patient, a.agent, a.purpose, g.kind = 'system' AS system, a.at,
    CASE WHEN a.action IN ('r', 'v', 's', 'h', 'f') THEN coalesce(a.type, '') ELSE '' END AS saw,
    CASE WHEN a.action IN ('c', 'u', 'p', 'd', 'i') THEN coalesce(a.type, '') ELSE '' END AS changed
  FROM audit a JOIN agent g ON g.n = a.agent
  WHERE a.txid >= $1 AND a.txid < $2
    AND a.patient IS NOT NULL AND a.outcome = '+' AND a.action <> 'n'
), spans AS (
  SELECT patient, agent, purpose, min(at) - interval '30 minutes' AS first,
    max(at) + interval '30 minutes' AS last
  FROM fresh GROUP BY patient, agent, purpose
), continued AS (
  DELETE FROM look l USING spans s
  WHERE l.patient = s.patient AND l.agent = s.agent AND l.purpose = s.purpose
    AND l.ended >= s.first AND l.began <= s.last
  RETURNING l.*
), every AS (
  SELECT e.*, row_number() OVER () AS row FROM (
    SELECT patient, agent, purpose, system, at AS began, at AS ended, saw, changed FROM fresh
    UNION ALL
    SELECT patient, agent, purpose, system, began, ended,
      array_to_string(saw, ' '), array_to_string(changed, ' ')
    FROM continued
  ) e
), marked AS (
  SELECT e.*, began > interval '30 minutes' + max(ended) OVER (
    PARTITION BY patient, agent, purpose ORDER BY began, row
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS apart
  FROM every e
), numbered AS (
  SELECT m.*, count(*) FILTER (WHERE apart) OVER (
    PARTITION BY patient, agent, purpose ORDER BY began, row ROWS UNBOUNDED PRECEDING) AS look
  FROM marked m
), known AS (
  INSERT INTO looker (patient, agent, last)
  SELECT patient, agent, max(at) FROM fresh GROUP BY patient, agent
  ON CONFLICT (patient, agent) DO UPDATE SET last = greatest(looker.last, excluded.last)
)
INSERT INTO look (patient, agent, purpose, system, began, ended, saw, changed)
SELECT patient, agent, purpose, bool_or(system), min(began), max(ended),
  ARRAY(SELECT DISTINCT t FROM unnest(string_to_array(string_agg(saw, ' '), ' ')) t
    WHERE t <> '' ORDER BY t),
  ARRAY(SELECT DISTINCT t FROM unnest(string_to_array(string_agg(changed, ' '), ' ')) t
    WHERE t <> '' ORDER BY t)
FROM numbered GROUP BY patient, agent, purpose, look;

-- name: advance
-- Moves the cursor.
UPDATE look_cursor SET txid = $1;

-- name: forget_looks
-- Removes all looks, or those before a moment whose entries are disposed of.
DELETE FROM look WHERE $1::timestamptz IS NULL OR ended < $1;

-- name: forget_lookers
-- Removes who looked last before that moment, or everybody.
DELETE FROM looker WHERE $1::timestamptz IS NULL OR last < $1;
