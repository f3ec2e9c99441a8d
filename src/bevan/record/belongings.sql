-- name: about
-- A page of the rows about one person, alone or with others, deleted ones too, in the order of keys.
select rkey, type, id, version, deleted from (
  (select rkey, type, id, version, deleted from resource
   where patient = $1 and rkey > $2 order by rkey limit $3)
  union all
  (select rkey, type, id, version, deleted from resource
   where patient is null and patients @> array[$1::uuid] and rkey > $2 order by rkey limit $3)
) page
order by rkey
limit $3
