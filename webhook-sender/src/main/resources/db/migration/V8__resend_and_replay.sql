-- How often somebody has asked for a delivery again, who did last and when, and whether what came of it is still under way.
alter table delivery
    add column round          integer not null default 0,
    add column round_trigger  text,
    add column round_open     boolean not null default false,
    add column round_asked_at timestamptz;

-- Counts what an organisation has asked for of late.
create index delivery_resent on delivery (org_id, round_asked_at) where round_trigger = 'resend';

-- 0 is what was asked for on webhook.requested.
alter table delivery_attempt add column round integer not null default 0;

-- Ranges that somebody wants sent again, each with the place up to which that is done.
create table replay (
    id            text        primary key,
    org_id        text        not null,
    endpoint_id   text        not null,
    since         timestamptz not null,
    until         timestamptz not null,
    states        text[]      not null,
    type          text,
    per_second    integer     not null,
    state         text        not null check (state in ('running', 'done', 'cancelled')),
    -- Why it ended early, or waits.
    reason        text,
    total         bigint      not null,
    sent          bigint      not null default 0,
    -- Somebody was taken out of the payload; the payload is not kept; it was under way already.
    skipped_erased    bigint  not null default 0,
    skipped_not_kept  bigint  not null default 0,
    skipped_under_way bigint  not null default 0,
    -- Of the last delivery that was looked at.
    reached_at       timestamptz,
    reached_sequence bigint,
    next_slice_at timestamptz not null,
    created_at    timestamptz not null,
    finished_at   timestamptz
);

create index replay_org on replay (org_id, created_at);
create index replay_running on replay (next_slice_at) where state = 'running';
