-- When a mail goes at the latest that waits for others of its campaign, so that all of them are one; null of what was asked for.
alter table kept_notice add column digest_at timestamptz;
create index kept_notice_by_digest on kept_notice (digest_at) where digest_at is not null;

-- Until when further mails to an audience wait for each other.
create table campaign (
    audience   text primary key,
    open_until timestamptz not null
);
create index campaign_by_age on campaign (open_until);

-- The notification whose mail brings what this row is about, and with whose row it ends.
alter table ledger add column carried_by uuid;
create index ledger_by_carrier on ledger (carried_by) where carried_by is not null;
