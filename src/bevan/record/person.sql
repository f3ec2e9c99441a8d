-- name: own
-- A page of a person's rows, alone or with others, in the order of keys; one row without a key where
-- the person is there and the page is empty, none where the person isn't.
select p.there, ({told}) as kept_back, r.*
from (select true as there from resource p
  where p.type = 'Patient' and p.id = {id} and not p.deleted and {seen}) p
left join lateral (
  select * from (
    (select {columns} from resource r
     where r.patient = {person} and not r.deleted and {mine} and {chosen}
     order by r.rkey limit {limit})
    union all
    (select {columns} from resource r
     where r.patient is null and r.tokens && {tokens} and r.patients @> array[{person}]
       and not r.deleted and {shared} and {chosen}
     order by r.rkey limit {limit})
  ) page
  order by rkey limit {limit}
) r on true
order by r.rkey

-- name: named
-- Rows about nobody by type and id, in that order.
select {columns} from resource r
where ({named}) and r.patient is null and r.patients = '{{}}' and not r.deleted and {shared}
order by r.type, r.id limit {limit}
