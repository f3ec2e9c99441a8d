-- The audit by time alone, newest first: a page of a month is read from its end. A BRIN is a
-- hundredth of it but gives no order, so that a page of a day would read and sort the whole day.
create index on audit (at);
