-- The form of the body, and whether a signature of one key goes with it.
alter table webhook_endpoint
    add column format text not null default 'standard' check (format in ('standard', 'takumo'));
alter table webhook_endpoint alter column format drop default;

-- A replaced secret that its owner has switched past: it signs on, except where there is room for one signature.
alter table endpoint_secret add column passed_over boolean not null default false;
