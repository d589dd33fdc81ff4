-- Whether notices of breaches go there as a summary with a link.
alter table webhook_endpoint add column thin boolean not null default false;
