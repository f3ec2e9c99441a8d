-- The app through which somebody acted: part of who an actor is, so that an act through an app and
-- one without it never share a number. Rows of before were without one.
alter table agent add column app text not null default '';
alter table agent drop constraint agent_kind_id_name_role_organisation_organisation_name_key;
alter table agent add unique (kind, id, name, role, organisation, organisation_name, app);
