-- What the server's own role may do: it adds to the audit and to the tables that explain it, and
-- never changes them; it makes partitions only through this function, as their owner would.
comment on table audit is 'insert only: what was seen and done is never changed';
comment on table agent is 'insert only: the audit names these actors by number';
comment on table purpose is 'insert only: the audit names these purposes by number';
comment on table feed_epoch is 'insert only: consumers rebuild by it';
alter function add_months(text, text, integer) security definer;
alter function add_months(text, text, integer) set search_path from current;
revoke execute on function add_months(text, text, integer) from public;
