-- What of the history is to be written to download.recorded again. Whoever holds the lock of a row does the work; the cursor stands behind
-- what the brokers have, so that anybody may go on from it.
create table backfill (
    backfill_id uuid primary key,
    requested_at timestamptz not null,
    org_id text,
    fetched_since timestamptz not null,
    fetched_until timestamptz not null,
    rows_per_second integer not null,
    state text not null default 'running',
    ended_at timestamptz,
    cursor_day date,
    cursor_fetched_at timestamptz,
    cursor_event_id uuid,
    not_before timestamptz not null default now(),
    published_rows bigint not null default 0,
    unreadable_rows bigint not null default 0,
    trouble text
);

create index backfill_running on backfill (requested_at, backfill_id) where state = 'running';
