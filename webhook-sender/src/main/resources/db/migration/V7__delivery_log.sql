-- What a delivery was, as long as one may want it sent again. By day: old days are dropped whole.
create table delivery_payload (
    webhook_id  text        not null,
    endpoint_id text        not null,
    kept_at     timestamptz not null,
    -- The record's value.
    request     bytea       not null,
    -- Whom it names, as the keys of privacy.erasure are made.
    subjects    text[]      not null,
    -- Whether somebody was taken out of it.
    erased      boolean     not null
) partition by range (kept_at);

create index delivery_payload_delivery on delivery_payload (webhook_id, endpoint_id);
create index delivery_payload_subjects on delivery_payload using gin (subjects);

alter table delivery
    -- When its payload was last stored, which says in which day it lies.
    add column payload_at timestamptz,
    -- When the next attempt is due, as long as one is.
    add column next_attempt_at timestamptz;

drop index delivery_endpoint;
create index delivery_endpoint on delivery (endpoint_id, created_at, sequence);
create index delivery_org on delivery (org_id, created_at, sequence);
create index delivery_failed on delivery (org_id, created_at, sequence) where state = 'failed';
create index delivery_settled on delivery (settled_at);

-- The attempts become a partitioned table, and what is there the first of its days, where it lies: nothing is copied.
alter table delivery_attempt
    drop constraint delivery_attempt_webhook_id_endpoint_id_fkey,
    alter column id drop identity,
    -- first, retry, resend, replay or test; of those before: the first or a retry.
    add column trigger             text,
    add column dns_ms              integer,
    add column connect_ms          integer,
    add column tls_ms              integer,
    add column first_byte_ms       integer,
    add column address             text,
    add column tls_version         text,
    -- Of the secrets that signed.
    add column key_ids             text[]  not null default '{}',
    -- Name and value in turn.
    add column request_headers     text[]  not null default '{}',
    add column response_headers    text[]  not null default '{}',
    add column response_body       text,
    add column response_body_cut   boolean not null default false,
    add column next_attempt_at     timestamptz;

create sequence delivery_attempt_number;
select setval('delivery_attempt_number', coalesce(max(id), 0) + 1, false) from delivery_attempt;

do $$
declare
    last_day date;
begin
    select greatest((max(started_at) at time zone 'UTC')::date, (now() at time zone 'UTC')::date)
        into last_day from delivery_attempt;
    execute format('alter table delivery_attempt rename to %I', 'delivery_attempt_' || to_char(last_day, 'YYYYMMDD'));
    alter index delivery_attempt_delivery rename to delivery_attempt_delivery_before;
    execute format(
        'create table delivery_attempt (like %I including defaults) partition by range (started_at)',
        'delivery_attempt_' || to_char(last_day, 'YYYYMMDD'));
    execute format(
        'alter table delivery_attempt attach partition %I for values from (minvalue) to (%L)',
        'delivery_attempt_' || to_char(last_day, 'YYYYMMDD'),
        to_char(last_day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
end $$;

alter table delivery_attempt alter column id set default nextval('delivery_attempt_number');
alter sequence delivery_attempt_number owned by delivery_attempt.id;
create index delivery_attempt_delivery on delivery_attempt (webhook_id, endpoint_id);
