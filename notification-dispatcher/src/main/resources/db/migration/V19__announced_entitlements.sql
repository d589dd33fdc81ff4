-- Which change (its changed_at) org.entitlements tells of. Another one, or none, is to be told: it was saved by a release that told of none.
alter table entitlements add column announced_change timestamptz;
create index entitlements_unannounced on entitlements (org_id) where announced_change is distinct from changed_at;
