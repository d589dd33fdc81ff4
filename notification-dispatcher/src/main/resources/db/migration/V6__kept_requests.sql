-- Who asks for the notices of an advisory may know it by any of its ids.
create index incident_alias_by_advisory on incident_alias (advisory_id);

-- What is told of a match at a destination whose row is pending: made anew if it has to be asked for again, or told elsewhere.
create table kept_notice (
    notification_id uuid        not null,
    destination     text        not null,
    -- As it is named in what was sent; it may have become part of another since.
    incident_id     uuid        not null,
    -- AdvisoryMatched with the downloads that are told there.
    match           bytea       not null,
    occurred_at     timestamptz not null,
    -- What it adds to, and the notification whose mail a mail continues.
    first           uuid,
    thread          uuid,
    -- Of a mail.
    address         text,
    recipient       text,
    language        text,
    -- Whether a mail tells the same.
    mailed          boolean     not null,
    asked_at        timestamptz not null,
    primary key (notification_id, destination),
    foreign key (notification_id, destination) references ledger on delete cascade
);
create index kept_notice_by_age on kept_notice (asked_at);
create index kept_notice_by_recipient on kept_notice (recipient) where recipient is not null;

-- What else pending rows asked for, as it went out.
create table kept_request (
    notification_id uuid        not null,
    destination     text        not null,
    topic           text        not null,
    key             bytea       not null,
    value           bytea       not null,
    message_id      text        not null,
    kept_at         timestamptz not null,
    asked_at        timestamptz not null,
    primary key (notification_id, destination),
    foreign key (notification_id, destination) references ledger on delete cascade
);
create index kept_request_by_age on kept_request (asked_at);

-- A row that ended asks for nothing any more, whoever ends it.
create function forget_what_ended() returns trigger language plpgsql as $$
begin
    delete from kept_notice k using changed c
    where c.state <> 'pending' and k.notification_id = c.notification_id and k.destination = c.destination;
    delete from kept_request k using changed c
    where c.state <> 'pending' and k.notification_id = c.notification_id and k.destination = c.destination;
    return null;
end $$;
alter function forget_what_ended() set search_path from current;
create trigger forget_what_ended after update on ledger
    referencing new table as changed for each statement execute function forget_what_ended();
