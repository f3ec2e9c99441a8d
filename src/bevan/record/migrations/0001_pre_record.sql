-- The record: current versions, old versions, what search needs, who acted, and the audit.
-- One generic set of tables serves all resource types; a new type or search parameter needs no DDL.
-- Floor: PostgreSQL 15. No extension is needed.

-- Dictionaries of the content codec. A lost dictionary is lost data: rows are never deleted.
create table content_dict (
  n smallint primary key check (n >= 2),
  digest bytea not null unique,
  dict bytea not null,
  created timestamptz not null default now()
);

-- Blocks of row keys: a process takes one number and owns the 1,000 keys that follow it.
create sequence rkey_seq minvalue 1000 start 1000 increment by 1000;

-- Who acted, interned: an audit row or a version carries four bytes instead of names.
create table agent (
  n integer generated always as identity primary key,
  kind text not null,
  id text not null,
  name text not null,
  role text not null,
  organisation text not null,
  organisation_name text not null,
  unique (kind, id, name, role, organisation, organisation_name)
);

-- Why, interned.
create table purpose (
  n integer generated always as identity primary key,
  purpose text not null unique
);

-- Where versions come from (meta.source), whose system that is, and when it was last heard.
create table source (
  n integer generated always as identity primary key,
  uri text not null unique,
  organisation text not null default '',
  name text not null default '',
  heard timestamptz,
  failed text
);

-- Who holds which relationship with whom, and from when until when; written by bevan.access.
create table relationship (
  holder uuid not null,
  patient uuid not null,
  kind text not null,
  since timestamptz not null,
  until timestamptz,
  primary key (holder, patient, kind, since)
);
create index on relationship (patient, holder);

-- Current versions (tombstones included), one row per resource.
--   rkey      stable key of the resource: joins the side tables, ends every sort order
--   txid      transaction that wrote this version: the change feed's order
--   patient   the one person the row is about (compartment key); null if none or several
--   patients  several people: visible only to who may see them all. An empty array: about nobody
--             and open to everybody. Null together with patient: nobody but the system sees it.
--   present   bit n: the search parameter numbered n of this type has a value
--   low, high clinical date range [low, high) of the type's date parameter
--   code      hash of the first coding of the type's main code: orders, never decides
--   enc       content: 0 plain JSON, 1 zstd, otherwise zstd with content_dict n
--   labels    meta.security as bits
--   bucket    0-4095, hash of the compartment (or of the id where there is none)
create table resource (
  rkey bigint not null,
  txid xid8 not null default pg_current_xact_id(),
  code bigint,
  low timestamptz,
  high timestamptz,
  last_updated timestamptz not null,
  present bigint not null,
  version integer not null,
  labels integer not null,
  agent integer not null,
  source integer,
  bucket smallint not null,
  enc smallint not null,
  patient uuid,
  deleted boolean not null default false,
  type text collate "C" not null,
  id text collate "C" not null,
  patients uuid[],
  tokens bigint[],
  content bytea
) partition by list (type);

alter table resource alter content set storage external;

-- A leaf for each large type, one for all the others: a leaf per type costs 5 ms of planning.
-- Its key is (id) alone where the leaf holds one type. Leaves that live by updates are vacuumed
-- early and keep room on their pages.
do $$
declare
  leaf text;
  busy constant text[] := array['Patient', 'Encounter', 'ServiceRequest', 'Appointment', 'Task'];
begin
  foreach leaf in array array[
    'Patient', 'Observation', 'Encounter', 'Condition', 'MedicationRequest', 'DiagnosticReport',
    'Procedure', 'Immunization', 'DocumentReference', 'ServiceRequest', 'Appointment', 'Task',
    'QuestionnaireResponse'
  ] loop
    execute format(
      'create table %I partition of resource for values in (%L)',
      'resource_' || lower(leaf), leaf);
    execute format('create unique index on %I (id)', 'resource_' || lower(leaf));
    if leaf = any(busy) then
      execute format(
        'alter table %I set (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05, '
        'autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0, '
        'autovacuum_analyze_scale_factor = 0.1)',
        'resource_' || lower(leaf));
    end if;
  end loop;
end $$;
create table resource_default partition of resource default;
create unique index on resource_default (type, id);

create index on resource (patient, code, low desc);
create index on resource (code, low desc);
-- A person has hundreds of observations: a page of the latest shouldn't look at all of them.
create index on resource_observation (patient, low desc nulls last);
create index on resource (low desc);
create index on resource (last_updated);
create index on resource (txid);
create index on resource (rkey);
-- What only the system sees so far: rows that wait for the row that says whom they are about.
create index on resource (rkey) where patient is null and patients is null;
-- Few rows carry labels; a search asks whether a person has any that are kept back.
create index on resource (patient) where labels <> 0;
create index on resource using gin (tokens) with (fastupdate = on, gin_pending_list_limit = 1024);

do $$
declare
  leaf regclass;
begin
  for leaf in select inhrelid::regclass from pg_inherits where inhparent = 'resource'::regclass loop
    execute format('alter table %s alter content set storage external', leaf);
    execute format('alter table %s alter tokens set statistics 1000', leaf);
  end loop;
end $$;

-- Numbers, quantities and the dates that aren't the clinical date (epoch seconds), as ranges.
create table idx_num (
  hash bigint not null,
  lo double precision not null,
  hi double precision not null,
  rkey bigint not null
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
create index on idx_num (hash, lo, rkey);
create index on idx_num (rkey);

-- Normalised strings (case, accents and spaces folded), by prefix.
create table idx_str (
  hash bigint not null,
  rkey bigint not null,
  val text collate "C" not null
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
create index on idx_str (hash, val, rkey);
create index on idx_str (rkey);

-- The codings of the main code after the first. `patient` is the row's, so that a person's rows
-- with one code are found wherever among their codings it stands; the row itself decides.
create table idx_code (
  code bigint not null,
  rkey bigint not null,
  date timestamptz,
  patient uuid
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
create index on idx_code (code, date desc, rkey);
create index on idx_code (patient, code) where patient is not null;

-- Old versions only, by the month in which they were written.
create table resource_history (
  rkey bigint not null,
  txid xid8 not null,
  last_updated timestamptz not null,
  version integer not null,
  labels integer not null,
  agent integer not null,
  source integer,
  bucket smallint not null,
  enc smallint not null,
  patient uuid,
  deleted boolean not null,
  type text collate "C" not null,
  id text collate "C" not null,
  patients uuid[],
  content bytea
) partition by range (last_updated);
alter table resource_history alter content set storage external;
create index on resource_history (type, id, version);
create index on resource_history (patient, last_updated) where patient is not null;
create index on resource_history (last_updated);
create index on resource_history (txid);
create table resource_history_default partition of resource_history default;

-- Who saw or changed what about whom, and why. Rows are only ever inserted.
--   action   c create, u update, p patch, d delete, r read, v vread, s search, h history,
--            f feed, i import
--   outcome  + done or shown, - nothing (not there and not allowed look alike), ! refused
--   entries  how many resources about this person were shown or changed
create table audit (
  at timestamptz not null,
  agent integer not null,
  purpose integer not null,
  version integer,
  entries integer not null default 1,
  patient uuid,
  action "char" not null,
  outcome "char" not null,
  request text not null,
  type text collate "C",
  id text collate "C",
  query text
) partition by range (at);
create index on audit (patient, at) where patient is not null;
create index on audit (agent, at);
create table audit_default partition of audit default;

-- The feed's epochs: transaction ids restart in a new cluster, so each restore, failover or
-- upgrade adds a row, and a consumer with an older epoch rebuilds.
create table feed_epoch (
  epoch integer primary key,
  since timestamptz not null default now(),
  reason text not null
);
insert into feed_epoch (epoch, reason) values (1, 'first start');

-- Makes the partitions of this month and of the coming ones; rows that already went to the
-- default partition move over. Returns how many it made. A job calls it daily.
create function add_months(parent text, by_column text, ahead integer) returns integer
language plpgsql as $$
declare
  opens timestamptz;
  closes timestamptz;
  leaf text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('add_months ' || parent));
  for step in 0..ahead loop
    opens := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => step))
      at time zone 'UTC';
    closes := ((opens at time zone 'UTC') + interval '1 month') at time zone 'UTC';
    leaf := parent || to_char(opens at time zone 'UTC', '_YYYY_MM');
    continue when to_regclass(leaf) is not null;
    execute format('create table %I (like %I including defaults including storage)', leaf, parent);
    execute format(
      'with moved as (delete from %I where %I >= %L and %I < %L returning *) '
      'insert into %I select * from moved',
      parent || '_default', by_column, opens, by_column, closes, leaf);
    execute format(
      'alter table %I attach partition %I for values from (%L) to (%L)',
      parent, leaf, opens, closes);
    made := made + 1;
  end loop;
  return made;
end $$;

select add_months('resource_history', 'last_updated', 3), add_months('audit', 'at', 3);
