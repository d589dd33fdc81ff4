-- Records that wait for the broker, in the schema of the service that wrote them. Written in the transaction of the rows they tell of.
-- Repeatable, so that it never stands between a service's own versions: every statement must be harmless where it has run before.
create table if not exists outbox (
    id         bigint generated always as identity primary key,
    topic      text        not null,
    key        bytea,
    value      bytea,
    -- Name and value in turn.
    headers    bytea[]     not null default '{}',
    created_at timestamptz not null default now()
);
