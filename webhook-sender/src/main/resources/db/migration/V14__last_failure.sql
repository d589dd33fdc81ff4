-- When the last of its failures was: of the time in which nothing was sent nobody knows how an endpoint was.
alter table endpoint_health add column last_failure_at timestamptz not null default now();
