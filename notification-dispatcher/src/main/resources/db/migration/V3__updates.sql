-- What is told while this runs would have no memory beside it. Dispatchers of before must not run on afterwards: they do not write it.
lock table notification, ledger, told in share row exclusive mode;

-- What an audience knows of an incident: by which later news are measured.
create table told_incident (
    incident_id uuid        not null references incident,
    audience    text        not null,
    -- The highest that it was told.
    severity    text        not null,
    told_at     timestamptz not null,
    primary key (incident_id, audience)
);

-- What was told before cannot say its severity: the highest keeps it silent.
insert into told_incident (incident_id, audience, severity, told_at)
select incident_id, audience, 'CRITICAL', min(told_at) from told group by incident_id, audience;

-- Where it was told, so that a correction goes there too.
create table told_channel (
    incident_id     uuid not null references incident,
    audience        text not null,
    -- Id of the endpoint, or email.
    destination     text not null,
    -- Of a mail, the last that was told; null of what was told before this migration.
    address         text,
    language        text,
    -- The first notification there; later mails are answers to its mail.
    notification_id uuid not null,
    primary key (incident_id, audience, destination)
);

insert into told_channel (incident_id, audience, destination, notification_id)
select distinct on (n.incident_id, n.audience, l.destination) n.incident_id, n.audience, l.destination, n.notification_id
from notification n join ledger l using (notification_id)
where n.incident_id is not null and l.state <> 'suppressed'
order by n.incident_id, n.audience, l.destination, n.created_at;

-- Null of what was told before this migration.
alter table told add column version text;

-- Late downloads of an incident that the audience knows: they wait a little for others, and go together.
create table late_match (
    match_id    uuid primary key,
    incident_id uuid        not null references incident,
    audience    text        not null,
    match       bytea       not null,
    due_at      timestamptz not null
);
create index late_match_by_audience on late_match (audience, incident_id);
create index late_match_by_due on late_match (due_at);

-- Null: everything is told.
alter table breach_settings add column severity_floor text;

-- Whoever changes the tables by hand need not know which schema the counters lie in.
alter function tally_ledger_added() set search_path from current;
alter function tally_ledger_removed() set search_path from current;
alter function tally_ledger_moved() set search_path from current;
alter function tally_expected_added() set search_path from current;
alter function tally_expected_removed() set search_path from current;
alter function tally_expected_moved() set search_path from current;
