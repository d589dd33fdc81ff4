-- Addresses of personal tokens that want no notices, since they said so; by hash.
create table unsubscribed (
    recipient       text primary key,
    unsubscribed_at timestamptz not null
);
