-- Who asked to be forgotten of late: matches that come later obey it, too.
create table erasure (
    -- SHA-256 of the subject, as the keys of privacy.erasure are made.
    subject       text primary key,
    requested_at  timestamptz not null,
    remembered_at timestamptz not null
);
create index erasure_by_age on erasure (remembered_at);
