-- What an organisation has paid for. No row: nothing.
create table entitlements (
    org_id     text primary key,
    guard      boolean     not null,
    webhooks   boolean     not null,
    changed_at timestamptz not null
);

-- Addresses that an organisation may choose; only confirmed ones get notices.
create table allowed_address (
    org_id       text        not null,
    address      text        not null,
    language     text        not null,
    -- The one confirmation link that is valid; an older one was replaced.
    nonce        text        not null,
    expires_at   timestamptz not null,
    requested_at timestamptz not null,
    confirmed_at timestamptz
);
create unique index allowed_address_by_address on allowed_address (org_id, lower(address));
create unique index allowed_address_by_nonce on allowed_address (nonce);

-- saved_at: since when a destination is on at this endpoint or address; null while it is off.
create table breach_settings (
    org_id           text primary key,
    webhook_enabled  boolean not null,
    webhook_endpoint text,
    webhook_saved_at timestamptz,
    email_enabled    boolean not null,
    email_address    text,
    email_language   text    not null,
    email_saved_at   timestamptz
);

-- All advisories of one alias group on one package: what a person is told about once.
create table incident (
    incident_id uuid primary key,
    package_key text        not null,
    created_at  timestamptz not null
);

create table incident_alias (
    package_key text not null,
    advisory_id text not null,
    incident_id uuid not null references incident,
    primary key (package_key, advisory_id)
);
create index incident_alias_by_incident on incident_alias (incident_id);

-- The newest revision that was seen of each member.
create table incident_advisory (
    package_key  text        not null,
    feed         text        not null,
    advisory_id  text        not null,
    incident_id  uuid        not null references incident,
    revision     timestamptz not null,
    withdrawn_at timestamptz,
    narrowed     boolean     not null,
    primary key (package_key, feed, advisory_id)
);
create index incident_advisory_by_incident on incident_advisory (incident_id);

-- What was told: one row for each download, whatever the destinations.
create table told (
    incident_id     uuid not null references incident,
    audience        text not null,
    event_id        text not null,
    notification_id uuid not null,
    primary key (incident_id, audience, event_id)
);

create table notification (
    notification_id uuid primary key,
    audience        text        not null,
    -- breach, follow_up, event, address_confirmation
    kind            text        not null,
    -- The package with the advisory, or the type of the event; for people.
    subject         text        not null,
    incident_id     uuid,
    -- How many ledger rows there must be.
    destinations    int         not null,
    created_at      timestamptz not null
);
create index notification_by_audience on notification (audience, created_at desc, notification_id);
create index notification_by_incident on notification (incident_id);

create table ledger (
    notification_id uuid        not null references notification,
    -- Id of the endpoint, or email.
    destination     text        not null,
    message_id      text        not null,
    state           text        not null check (state in ('pending', 'delivered', 'failed', 'suppressed')),
    reason          text,
    attempts        int         not null default 0,
    settled_at      timestamptz,
    primary key (notification_id, destination)
);
create index ledger_by_state on ledger (state);
