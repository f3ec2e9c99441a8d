-- name: judge
-- What becomes of each predicted pair: the reasons why a clerk has to look, none for a proposal.
with possible as (
  select * from {predicted}
  where not (verified_l and verified_r and number_l <> number_r)
),
ranked as (
  select *,
    max(match_weight) over (partition by unique_id_l) as best_l,
    max(match_weight) over (partition by unique_id_r) as best_r,
    count(*) over (partition by unique_id_l) as count_l,
    count(*) over (partition by unique_id_r) as count_r
  from possible
),
rivalled as (
  select *,
    (select max(o.match_weight) from possible o
      where o.unique_id_l = r.unique_id_l and o.unique_id_r <> r.unique_id_r) as rival_l,
    (select max(o.match_weight) from possible o
      where o.unique_id_r = r.unique_id_r and o.unique_id_l <> r.unique_id_l) as rival_r
  from ranked r
)
select unique_id_l, unique_id_r, match_probability, match_weight,
  list_filter([
    case when match_probability < $1 then 'score' end,
    case when gamma_born = 4 and gamma_family in (4, 2, -1) and gamma_given not in (4, 3, 2, -1)
      and gamma_number <> 1 then 'twins' end,
    case when gamma_given in (4, 2) and gamma_postcode in (1, 2) and gamma_born in (0, 1)
      and gamma_number <> 1 then 'namesakes' end,
    case when match_weight < greatest(coalesce(rival_l, -999), coalesce(rival_r, -999)) + $2
      then 'ambiguous' end,
    case when restricted_l or restricted_r then 'restricted' end
  ], lambda why: why is not null) as why,
  gamma_number, gamma_given, gamma_family, gamma_born, gamma_gender, gamma_postcode
from rivalled
order by match_weight desc, unique_id_l, unique_id_r
