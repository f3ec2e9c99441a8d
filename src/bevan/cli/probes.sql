-- name: resources
-- Versions that are current, by type; tombstones included.
SELECT 'current ' || type AS name, count(*) AS n FROM resource GROUP BY type;

-- name: versions
-- Versions that are old, by type.
SELECT 'old ' || type AS name, count(*) AS n FROM resource_history GROUP BY type;

-- name: dictionaries
-- Dictionaries that contents need to be read.
SELECT 'dictionaries' AS name, count(*) AS n FROM content_dict;

-- name: audits
-- Entries of the audit.
SELECT 'audit' AS name, count(*) AS n FROM audit;

-- name: epoch
-- Begins a new epoch of the change feed: consumers with older cursors rebuild.
INSERT INTO feed_epoch (epoch, reason) SELECT max(epoch) + 1, $1 FROM feed_epoch;

-- name: damaged_indexes
-- Indexes that a failed build left unusable.
SELECT count(*) FROM pg_index WHERE NOT indisvalid;

-- name: checksum_failures
-- Pages of this database whose checksum was found to be wrong.
SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database;

-- name: long_writers
-- Writing transactions that have been open for more than ten seconds: they hold up the feed.
SELECT count(*) FROM pg_stat_activity
WHERE backend_xid IS NOT NULL AND xact_start < now() - interval '10 seconds';

-- name: waiting_archive
-- Seconds since the archive last failed, if it failed after it last succeeded.
SELECT extract(epoch FROM now() - last_failed_time) FROM pg_stat_archiver
WHERE last_failed_time > coalesce(last_archived_time, '-infinity');

-- name: silent_sources
-- Sending systems that say they failed.
SELECT count(*) FROM source WHERE failed IS NOT NULL;

-- name: next_month
-- Whether next month's partitions of the audit are there.
SELECT to_regclass(
  'audit' || to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month', '_YYYY_MM')
) IS NOT NULL;
