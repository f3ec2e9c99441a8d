-- name: note
-- Sources that were heard; numbers are sorted, so that two processes lock them in one order.
update source set heard = $2::timestamptz, failed = null
from (select n from source where n = any($1::int[]) and (heard is null or heard < $2)
      order by n for update) due
where source.n = due.n

-- name: all
-- Every source with its owner and its last word.
select uri, organisation, name, heard, failed from source order by uri

-- name: introduce
-- Names the owner of a source, seen or not yet seen.
insert into source (uri, organisation, name) values ($1, $2, $3)
on conflict (uri) do update set organisation = excluded.organisation, name = excluded.name

-- name: heard
-- A source's word, or what keeps it from speaking.
insert into source (uri, heard, failed)
values ($1, case when $3::text is null then $2::timestamptz end, $3::text)
on conflict (uri) do update
set heard = case when $3::text is null then $2::timestamptz else source.heard end,
  failed = $3::text
