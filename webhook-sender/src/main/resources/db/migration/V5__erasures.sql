-- Whom a request names: SHA-256 of each, as the keys of privacy.erasure are made. Null until somebody has looked.
alter table parked_delivery add column subjects text[];

-- Finds the requests that name somebody without reading the others.
create index parked_delivery_subjects on parked_delivery using gin (subjects);
create index parked_delivery_unread on parked_delivery (id) where subjects is null;

-- Who was erased of late: requests that are parked later obey it, too.
create table erasure (
    subject       text        primary key,
    requested_at  timestamptz not null,
    remembered_at timestamptz not null
);
