-- Who changed what an organisation is told, where, and whether: nobody changes a row, and only age removes one.
create table audit (
    audit_id   bigint generated always as identity primary key,
    org_id     text        not null,
    changed_at timestamptz not null,
    -- Subject of the caller's token, or one of our own words in brackets.
    who        text        not null,
    what       text        not null,
    -- JSON; addresses are masked.
    detail     text        not null
);
create index audit_by_org on audit (org_id, audit_id desc);
create index audit_by_age on audit (changed_at);
