-- The correction that takes the row back, or an id that no notification has, where nobody is to be corrected.
alter table ledger add column taken_back_by uuid;
-- Of a correction: something that it takes back was delivered there, and its row is gone.
alter table ledger add column reached boolean not null default false;

-- What was told until now goes by the times, for nothing else is known of it: to the first correction after it that was not overtaken by the incident, rather to one that did not fail.
update ledger l set taken_back_by = coalesce(
  (select w.notification_id from notification w join ledger e using (notification_id)
   where w.incident_id = n.incident_id and w.audience = n.audience and w.kind = 'withdrawn' and w.created_at >= n.created_at
     and e.destination = l.destination and e.reason is distinct from 'told_again'
   order by e.state = 'failed', w.created_at limit 1),
  gen_random_uuid())
from notification n
where n.notification_id = l.notification_id and n.taken_back and n.kind <> 'withdrawn' and not n.corrects and l.state <> 'suppressed';
-- One that was overtaken and has no other after it lets go of what it took back.
update ledger l set taken_back_by = null
from notification n
where n.notification_id = l.notification_id and l.taken_back_by is not null
  and not exists (select 1 from notification w where w.notification_id = l.taken_back_by)
  and exists (
    select 1 from notification w join ledger e using (notification_id)
    where w.incident_id = n.incident_id and w.audience = n.audience and w.kind = 'withdrawn' and w.created_at >= n.created_at
      and e.destination = l.destination and e.reason = 'told_again');
create index ledger_by_correction on ledger (taken_back_by) where taken_back_by is not null;
-- notification.taken_back is read by nobody from here on; it stays for a return to the release before.

-- The notification whose mail told the first one, where another one's did and the row that said so is gone.
alter table told_channel add column mail uuid;

-- untold: of what this correction takes back some webhooks failed. It stays when its row has ended, for a person can have them sent again.
drop index kept_notice_by_age;
create index kept_notice_by_age on kept_notice (asked_at) where not untold;

create or replace function forget_what_ended() returns trigger language plpgsql as $$
begin
    update kept_notice k set failed = true from changed c
    where c.state = 'failed' and k.mailed and k.destination <> 'email'
      and k.notification_id = c.notification_id and k.destination = c.destination;
    update kept_notice k set untold = true from changed c
    where c.state <> 'pending' and k.destination <> 'email'
      and k.notification_id = c.notification_id and k.destination = c.destination
      and exists (
        select 1 from ledger l
        where l.taken_back_by = c.notification_id and l.destination = c.destination and l.state = 'failed');
    delete from kept_notice k using changed c
    where c.state <> 'pending' and not (c.state = 'failed' and k.failed) and not k.untold
      and k.notification_id = c.notification_id and k.destination = c.destination;
    delete from kept_request k using changed c
    where c.state <> 'pending' and k.notification_id = c.notification_id and k.destination = c.destination;
    return null;
end $$;
alter function forget_what_ended() set search_path from current;
