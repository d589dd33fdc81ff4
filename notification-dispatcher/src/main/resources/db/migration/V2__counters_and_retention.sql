-- Writers of another instance wait until the triggers are there: what they commit between the first counting and those would be counted never.
lock table notification, ledger in share row exclusive mode;

-- How many rows there are, without counting them: each statement that changes a table adds by how much, in its own transaction, so the sums are always
-- exact, and nobody waits for a common row. Somebody adds them up to one row each from time to time.
create table ledger_tally (
    -- A state of the ledger, or expected: what the notifications ask for.
    counted text   not null,
    rows    bigint not null
);

insert into ledger_tally select state, count(*) from ledger group by state;
insert into ledger_tally select 'expected', coalesce(sum(destinations), 0) from notification;

create function tally_ledger_added() returns trigger language plpgsql as $$
begin
    insert into ledger_tally select state, count(*) from changed group by state;
    return null;
end $$;

create function tally_ledger_removed() returns trigger language plpgsql as $$
begin
    insert into ledger_tally select state, -count(*) from gone group by state;
    return null;
end $$;

create function tally_ledger_moved() returns trigger language plpgsql as $$
begin
    insert into ledger_tally
    select state, sum(one) from (select state, 1 as one from changed union all select state, -1 from gone) moved
    group by state having sum(one) <> 0;
    return null;
end $$;

create function tally_expected_added() returns trigger language plpgsql as $$
begin
    insert into ledger_tally select 'expected', sum(destinations) from changed having count(*) > 0;
    return null;
end $$;

create function tally_expected_removed() returns trigger language plpgsql as $$
begin
    insert into ledger_tally select 'expected', -sum(destinations) from gone having count(*) > 0;
    return null;
end $$;

create function tally_expected_moved() returns trigger language plpgsql as $$
begin
    insert into ledger_tally
    select 'expected', sum(n) from (select destinations as n from changed union all select -destinations from gone) moved
    having sum(n) <> 0;
    return null;
end $$;

create trigger tally_added after insert on ledger
    referencing new table as changed for each statement execute function tally_ledger_added();
create trigger tally_removed after delete on ledger
    referencing old table as gone for each statement execute function tally_ledger_removed();
create trigger tally_moved after update on ledger
    referencing old table as gone new table as changed for each statement execute function tally_ledger_moved();
create trigger tally_added after insert on notification
    referencing new table as changed for each statement execute function tally_expected_added();
create trigger tally_removed after delete on notification
    referencing old table as gone for each statement execute function tally_expected_removed();
-- Not "of destinations": such a trigger may have no transition tables.
create trigger tally_moved after update on notification
    referencing old table as gone new table as changed for each statement execute function tally_expected_moved();

-- What waits is little; who looks for it must not walk over all that ended.
drop index ledger_by_state;
create index ledger_pending on ledger (notification_id) where state = 'pending';

create index notification_by_age on notification (created_at);

-- What is told before this migration counts from now on.
alter table told add column told_at timestamptz not null default now();
create index told_by_age on told (told_at);

-- Mails that asked somebody to confirm, by recipient, so that they can be limited; the row of the address may be gone.
create table confirmation_mail (
    org_id    text        not null,
    -- Hash of the address.
    recipient text        not null,
    sent_at   timestamptz not null
);
create index confirmation_mail_by_org on confirmation_mail (org_id, sent_at);
create index confirmation_mail_by_recipient on confirmation_mail (recipient, sent_at);
create index confirmation_mail_by_age on confirmation_mail (sent_at);
