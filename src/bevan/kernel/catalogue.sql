-- name: columns
-- Each column with its type, collation, nullability, default and storage.
SELECT format('column %s.%s: %s%s%s%s storage %s statistics %s',
  c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
  CASE WHEN a.attcollation <> t.typcollation THEN ' collate ' || l.collname ELSE '' END,
  CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
  coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || a.attidentity::text || a.attgenerated::text,
  a.attstorage, coalesce(a.attstattarget, -1))
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
  AND a.attnum > 0 AND NOT a.attisdropped AND c.relname !~ '_[0-9]{4}_[0-9]{2}$';

-- name: tables
-- Each table with its kind, persistence, settings and place among partitions.
SELECT format('table %s: %s %s %s %s %s', relname, relkind, relpersistence,
  coalesce((SELECT string_agg(o, ',' ORDER BY o) FROM unnest(reloptions) o), '-'),
  coalesce(pg_get_partkeydef(oid), '-'), coalesce(pg_get_expr(relpartbound, oid), '-'))
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
  AND relname !~ '_[0-9]{4}_[0-9]{2}$';

-- name: constraints
-- Each constraint; those that say no more than the column does are left to it.
SELECT format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
  AND conrelid::regclass::text !~ '_[0-9]{4}_[0-9]{2}$';

-- name: indexes
-- Each index.
SELECT format('index: %s', indexdef) FROM pg_indexes
WHERE schemaname = 'public' AND tablename !~ '_[0-9]{4}_[0-9]{2}$';

-- name: functions
-- Each function with its text.
SELECT format('function: %s', pg_get_functiondef(oid)) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p');

-- name: sequences
-- Each sequence with its bounds and step.
SELECT format('sequence %s: %s from %s to %s by %s cache %s', sequencename, start_value,
  min_value, max_value, increment_by, cache_size)
FROM pg_sequences WHERE schemaname = 'public';

-- name: triggers
-- Each trigger of ours.
SELECT format('trigger: %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
  AND c.relname !~ '_[0-9]{4}_[0-9]{2}$';
