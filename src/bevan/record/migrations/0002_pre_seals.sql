-- A seal belongs to the team that set it, an emergency may open it, and people may refuse a use.

-- Who sealed the row (the compartment key of a team, an organisation or a professional); null where
-- nothing is sealed or nobody knows by whom, which is then opened by an emergency only.
alter table resource add column sealer uuid;
alter table resource_history add column sealer uuid;

-- Who said no to which use of their record; written by bevan.access.
create table refusal (
  patient uuid not null,
  kind text not null,
  primary key (patient, kind)
);

-- Whether a row that labels keep back is open after all: to the team that sealed it, or, if it is
-- sealed and not locked, to who opened this person's record in an emergency that is still on.
-- Asked only of rows that are kept back, so that all others cost nothing.
create function unsealed(
  labels integer, hidden integer, sealer uuid, patient uuid, holders uuid[], at timestamptz
) returns boolean language sql stable parallel safe begin atomic
  select labels & hidden & ~24 = 0 and (
    coalesce(sealer = any(holders), false)
    or labels & hidden & 16 = 0 and exists (
      select from relationship h
      where h.holder = any(holders) and h.patient = unsealed.patient and h.kind = 'emergency'
        and h.since <= unsealed.at and (h.until is null or h.until > unsealed.at)));
end;
