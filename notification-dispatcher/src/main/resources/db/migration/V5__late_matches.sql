-- Where in advisory.matched it came from, for whoever looks into the quarantine; null of what waited before this migration.
alter table late_match add column source_partition int;
alter table late_match add column source_offset bigint;

-- Matches that waited and were decided, of which several make one notification: a repeat of any of them changes nothing.
create table late_decided (
    match_id   uuid primary key,
    decided_at timestamptz not null
);
create index late_decided_by_age on late_decided (decided_at);
