-- Whose personal data had to go. The subject is here for as long as an older download of theirs may still arrive, then it goes as well.
create table erasure (
    erasure_id text primary key,
    requested_at timestamptz not null,
    kind text not null,
    org_id text,
    principal_id text,
    token_id text,
    email_hash text,
    done_at timestamptz,
    erased_rows bigint not null default 0
);
