-- In which order what waits goes out: by default what has waited longest goes first.
alter table webhook_endpoint add column newest_first boolean not null default false;
