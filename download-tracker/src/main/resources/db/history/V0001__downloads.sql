-- One row for each download. The day is that of fetched_at in UTC; what lies outside of the days that are kept has 1970-01-01.
create table download (
    day date not null,
    event_id uuid not null,
    fetched_at timestamptz not null,
    received_at timestamptz not null,
    audience text not null,
    ecosystem text not null,
    package_name text not null,
    version text not null,
    source text not null,
    origin_registry text,
    principal_type text not null,
    principal_id text not null,
    principal_name text,
    principal_email text,
    principal_repository text,
    primary key (event_id, day)
) partition by range (day);

-- The question is always one audience's, the newest first.
create index download_by_time on download (audience, fetched_at desc, event_id desc);
create index download_by_package on download (audience, package_name, ecosystem, fetched_at desc, event_id desc);

create table download_outside partition of download for values from ('1970-01-01') to ('1970-01-02');
