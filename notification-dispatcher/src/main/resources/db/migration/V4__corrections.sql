-- A withdrawal ends what was told until then. What an ended notice did says nothing of the next withdrawal.
alter table notification add column taken_back boolean not null default false;
update notification n set taken_back = true
where incident_id is not null and not exists (
  select 1 from told_incident i where i.incident_id = n.incident_id and i.audience = n.audience);

-- Whether the destination had a notice for certain. Said when the ledger row goes that says so until then.
alter table told_channel add column reached boolean not null default false;
-- Only what ended goes.
update told_channel c set reached = true
where not exists (select 1 from notification n where n.notification_id = c.notification_id);

-- Hash of the address: an erasure names nothing else, and need not look at everybody's.
alter table told_channel add column recipient text;
update told_channel set recipient = encode(sha256(convert_to(lower(address), 'UTF8')), 'hex') where address is not null;
create index told_channel_by_recipient on told_channel (recipient) where recipient is not null;
alter table allowed_address add column recipient text;
update allowed_address set recipient = encode(sha256(convert_to(lower(address), 'UTF8')), 'hex');
alter table allowed_address alter column recipient set not null;
create index allowed_address_by_recipient on allowed_address (recipient);
create index told_incident_by_audience on told_incident (audience);

-- Incidents whose every advisory is withdrawn, until all who were told know. The matcher names an audience only for its own advisory.
create table take_back (
    incident_id uuid primary key references incident,
    -- That which said so.
    match_id    uuid  not null,
    -- AdvisoryAccepted.
    advisory    bytea not null
);
