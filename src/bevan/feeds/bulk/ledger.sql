-- name: parts
-- What of a file has been imported before.
select entry, taken, refused from import_ledger where file = $1

-- name: note
-- Notes a part of a file as imported; answers nothing where it was already.
insert into import_ledger (file, entry, taken, refused) values ($1, $2, $3::jsonb, $4)
on conflict (file, entry) do nothing
returning true

-- name: renew
-- Notes a part of a file that had resources refused before.
insert into import_ledger (file, entry, taken, refused) values ($1, $2, $3::jsonb, $4)
on conflict (file, entry) do update set taken = excluded.taken, refused = excluded.refused,
  imported = now()
