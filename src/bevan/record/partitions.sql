-- name: ahead
-- Makes the monthly partitions of the history and the audit for this and the coming months.
select add_months('resource_history', 'last_updated', $1::int) + add_months('audit', 'at', $1::int)
