-- What lets entries be disposed of and the chain stay whole: a salt in each entry's hash, signed
-- statements beside the links, and the one way in which an entry may be stripped.

-- An entry's salt goes into its hash, so that nobody can guess from the hash what it said once the
-- salt is gone. Older entries have none; PostgreSQL gives it without a rewrite.
alter table audit add column salt uuid;
alter table audit alter column salt set default gen_random_uuid();
-- In a stripped entry only: the hash that was sealed, and the statement that it was stripped under.
alter table audit add column leaf bytea;
alter table audit add column disposal uuid;
create index on audit (disposal) where disposal is not null;

-- What the keepers of the audit said about it, signed like a link: a certificate of disposal, the
-- closing of a month, the acknowledgement of a restore. body: the exact bytes that were signed;
-- lines: cut hashes and times of the entries that it covers, empty where it covers none.
create table audit_statement (
  id uuid primary key,
  kind text not null,
  made timestamptz not null,
  body bytea not null,
  lines bytea not null
);

-- Which statements have reached which other place, and when.
create table audit_statement_handed (
  place text not null,
  id uuid not null references audit_statement,
  at timestamptz not null default now(),
  primary key (place, id)
);

comment on table audit_statement is 'insert only: a statement is never changed';
comment on table audit_statement_handed is 'insert only: a hand-over is never undone';

-- Strips entries of one partition under a statement that stands: the person becomes a reference,
-- their own actors another one; what was searched for, which resource it was, and the salt go.
-- What the entry said is kept as its hash alone. Answers with how many were stripped.
create function strip_audit(
  leaf_table regclass, said uuid, rows tid[], hashes bytea[], bare boolean[],
  person uuid, reference uuid, actors integer[], actor integer
) returns integer
language plpgsql security definer set search_path from current as $$
declare
  done integer;
begin
  if pg_partition_root(leaf_table) is distinct from 'audit'::regclass then
    raise exception 'only entries of the audit are stripped';
  end if;
  if not exists (select from audit_statement where id = said and kind = 'disposal') then
    raise exception 'nothing is stripped without a certificate';
  end if;
  execute format(
    'update %s a set leaf = coalesce(a.leaf, u.leaf), disposal = $1, salt = null, query = null, '
    'id = case when u.bare then null else a.id end, '
    'patient = case when a.patient = $5 then $6 else a.patient end, '
    'agent = case when a.agent = any ($7) then $8 else a.agent end '
    'from unnest($2, $3, $4) u (place, leaf, bare) where a.ctid = u.place', leaf_table)
  using said, rows, hashes, bare, person, reference, actors, actor;
  get diagnostics done = row_count;
  return done;
end $$;
revoke execute on function strip_audit(
  regclass, uuid, tid[], bytea[], boolean[], uuid, uuid, integer[], integer) from public;

-- Forgets an actor whom nothing names any more: a person who had an account and was disposed of.
create function forget_actor(number integer) returns boolean
language plpgsql security definer set search_path from current as $$
begin
  delete from agent where n = number and kind = 'patient'
    and not exists (select from audit where agent = number);
  return found;
end $$;
revoke execute on function forget_actor(integer) from public;
