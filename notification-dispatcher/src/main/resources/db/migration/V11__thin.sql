-- Of a webhook: told without its downloads, also when it is asked for again after the endpoint was changed.
alter table kept_notice add column thin boolean not null default false;
