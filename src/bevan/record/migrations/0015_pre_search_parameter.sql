-- Search parameters that were added to the server, and how far the rows are indexed by each.
--   id, version  the SearchParameter resource and the version of it that was taken
--   definition   what was taken of it, as JSON in the shape of HL7's table
--   state        starting: every process learns it; indexing: rows are read; ready; refused
--   horizon      the transactions that must have ended before rows are read
--   place        the row key up to which rows have been read
--   rows         how many there were at the start; looked, found: how many were read and have one
create table search_parameter (
  url text primary key,
  id text not null,
  version integer not null,
  definition text not null,
  types text[] not null,
  state text not null check (state in ('starting', 'indexing', 'ready', 'refused')),
  reason text not null default '',
  since timestamptz not null,
  horizon xid8,
  place bigint not null default 0,
  rows bigint,
  looked bigint not null default 0,
  found bigint not null default 0,
  finished timestamptz
);
