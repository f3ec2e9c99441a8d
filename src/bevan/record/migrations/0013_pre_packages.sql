-- FHIR packages that this installation was given: definitions that validation goes by, beside
-- those that ship. `content` is the file as it came, `added_by` an operator's name at the machine.
create table conformance_package (
    name text not null,
    version text not null,
    added timestamptz not null default now(),
    added_by text not null,
    content bytea not null,
    primary key (name, version)
);
