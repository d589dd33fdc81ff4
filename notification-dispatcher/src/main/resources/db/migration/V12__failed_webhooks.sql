-- A webhook that failed while a mail was to tell the same: what it told is kept until that mail has ended, which may still leave it untold.
alter table kept_notice add column failed boolean not null default false;
create index kept_notice_failed on kept_notice (asked_at) where failed;

create or replace function forget_what_ended() returns trigger language plpgsql as $$
begin
    update kept_notice k set failed = true from changed c
    where c.state = 'failed' and k.mailed and k.destination <> 'email'
      and k.notification_id = c.notification_id and k.destination = c.destination;
    delete from kept_notice k using changed c
    where c.state <> 'pending' and not (c.state = 'failed' and k.failed)
      and k.notification_id = c.notification_id and k.destination = c.destination;
    delete from kept_request k using changed c
    where c.state <> 'pending' and k.notification_id = c.notification_id and k.destination = c.destination;
    return null;
end $$;
alter function forget_what_ended() set search_path from current;
