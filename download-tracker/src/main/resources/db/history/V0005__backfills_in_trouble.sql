-- How often in a row a page of it failed: each next try is later, and the others go on meanwhile.
alter table backfill add column failures integer not null default 0;
