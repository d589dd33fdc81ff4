-- How many attempts in a second an endpoint's owner wants at most, and what of the second under way is taken.
create table endpoint_pace (
    endpoint_id    text        primary key references webhook_endpoint on delete cascade,
    max_per_second integer     not null check (max_per_second between 1 and 1000),
    -- Since 1970.
    second         bigint      not null default 0,
    used           integer     not null default 0,
    -- Until when those that had no turn have been told to come back.
    spread_until   timestamptz not null default to_timestamp(0)
) with (fillfactor = 50);
