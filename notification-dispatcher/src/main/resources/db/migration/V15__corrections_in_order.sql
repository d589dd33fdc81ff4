-- A correction that is not asked for before what it corrects has ended there.
alter table kept_notice add column held boolean not null default false;
create index kept_notice_held on kept_notice (asked_at) where held;
