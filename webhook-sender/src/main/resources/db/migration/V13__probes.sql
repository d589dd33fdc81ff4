-- Whether the time until which it is left alone is that of the attempt after a pause, which may end well at any moment.
alter table endpoint_health add column probing boolean not null default false;
