-- A correction that went nowhere since no webhook had arrived there. It stays, for a failed one can be sent again with success.
alter table kept_notice add column untold boolean not null default false;
drop index kept_notice_held;
create index kept_notice_held on kept_notice (asked_at) where held and not untold;

create or replace function forget_what_ended() returns trigger language plpgsql as $$
begin
    update kept_notice k set failed = true from changed c
    where c.state = 'failed' and k.mailed and k.destination <> 'email'
      and k.notification_id = c.notification_id and k.destination = c.destination;
    update kept_notice k set untold = true from changed c
    where c.state = 'suppressed' and c.reason = 'not_told' and k.held and k.destination <> 'email'
      and k.notification_id = c.notification_id and k.destination = c.destination;
    delete from kept_notice k using changed c
    where c.state <> 'pending' and not (c.state = 'failed' and k.failed) and not (c.state = 'suppressed' and k.untold)
      and k.notification_id = c.notification_id and k.destination = c.destination;
    delete from kept_request k using changed c
    where c.state <> 'pending' and k.notification_id = c.notification_id and k.destination = c.destination;
    return null;
end $$;
alter function forget_what_ended() set search_path from current;
