-- What an endpoint has beside its secrets and only we may read: the headers that its owner wants, and the key behind v1a.
create table endpoint_sealed (
    endpoint_id text    not null references webhook_endpoint on delete cascade,
    kind        text    not null check (kind in ('headers', 'ed25519')),
    sealed      bytea   not null,
    -- The key of the keyset that sealed it, to find what has to be sealed anew.
    key_id      integer not null,
    -- What anybody may see: the names of the headers, the public key.
    shown       text[]  not null,
    primary key (endpoint_id, kind)
);

create index endpoint_sealed_key on endpoint_sealed (key_id, endpoint_id, kind);
