-- The seal of the audit: which transaction wrote an entry, and the links that seal entries in order.

-- The transaction that wrote the entry. Everything before the oldest open transaction is settled, so
-- a link can seal it and no entry can come later and fall behind. A bigint, since xid8 has no BRIN.
alter table audit add column txid bigint not null default (pg_current_xact_id()::text::bigint);
create index on audit using brin (txid) with (pages_per_range = 32, autosummarize = on);

-- One link seals the entries of the transactions [opens, closes).
--   previous  hash of the link before: 32 zero bytes for the first
--   root      Merkle root of the entries' hashes; listing: digest of the list that is handed over
--   kept_from from here on, entries before this moment were disposed of by the retention rule
--   key       names the key, which lies outside the database; signature: of hash
create table audit_link (
  number bigint primary key check (number > 0),
  epoch integer not null,
  opens bigint not null,
  closes bigint not null check (closes >= opens),
  entries bigint not null check (entries >= 0),
  first timestamptz,
  last timestamptz,
  root bytea not null,
  listing bytea not null,
  previous bytea not null,
  kept_from timestamptz,
  sealed timestamptz not null,
  key text not null,
  hash bytea not null unique,
  signature bytea not null
);

-- Which links have reached which other place, and when.
create table audit_handed (
  place text not null,
  number bigint not null references audit_link,
  at timestamptz not null default now(),
  primary key (place, number)
);

comment on table audit_link is 'insert only: a link is never changed';
comment on table audit_handed is 'insert only: a hand-over is never undone';
