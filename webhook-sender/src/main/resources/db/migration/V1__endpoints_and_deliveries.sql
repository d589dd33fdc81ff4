-- Where organisations want their webhooks.
create table webhook_endpoint (
    id           text        primary key,
    org_id       text        not null,
    url          text        not null,
    description  text        not null,
    event_types  text[]      not null,
    -- Why nothing is sent; null while it is enabled.
    disabled_for text,
    created_at   timestamptz not null
);

create index webhook_endpoint_org on webhook_endpoint (org_id);

-- What an endpoint's messages are signed with, encrypted; the newest is the current one.
create table endpoint_secret (
    id          bigint      generated always as identity primary key,
    endpoint_id text        not null references webhook_endpoint on delete cascade,
    sealed      bytea       not null,
    -- The key of the keyset that sealed it, to find what has to be sealed anew.
    key_id      integer     not null,
    created_at  timestamptz not null
);

create index endpoint_secret_endpoint on endpoint_secret (endpoint_id);

-- One message to one endpoint and how it went. No reference to the endpoint: what was sent stays told when that is deleted.
create table delivery (
    sequence        bigint      generated always as identity unique,
    webhook_id      text        not null,
    endpoint_id     text        not null,
    notification_id text        not null,
    org_id          text        not null,
    type            text        not null,
    state           text        not null check (state in ('retrying', 'parked', 'delivered', 'failed')),
    attempts        integer     not null,
    reason          text,
    created_at      timestamptz not null,
    settled_at      timestamptz,
    primary key (webhook_id, endpoint_id)
);

create index delivery_endpoint on delivery (endpoint_id, sequence);

create table delivery_attempt (
    id          bigint      generated always as identity primary key,
    webhook_id  text        not null,
    endpoint_id text        not null,
    attempt     integer     not null,
    started_at  timestamptz not null,
    duration_ms bigint      not null,
    status      integer,
    error_class text,
    reason      text,
    foreign key (webhook_id, endpoint_id) references delivery on delete cascade
);

create index delivery_attempt_delivery on delivery_attempt (webhook_id, endpoint_id);

-- Deliveries that wait until their endpoint is enabled, or has less to do.
create table parked_delivery (
    id          bigint      generated always as identity primary key,
    webhook_id  text        not null,
    endpoint_id text        not null,
    -- The record's value, and its headers as name and value in turn.
    request     bytea       not null,
    headers     bytea[]     not null,
    reason      text        not null,
    parked_at   timestamptz not null,
    not_before  timestamptz not null,
    unique (webhook_id, endpoint_id)
);
