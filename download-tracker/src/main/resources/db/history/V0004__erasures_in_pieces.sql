-- Erasures find their rows by these, and so does who asks for one principal's downloads.
create index download_by_principal on download (audience, principal_id, fetched_at, event_id);
create index download_by_email on download (principal_email, fetched_at, event_id) where principal_email is not null;

-- How far an erasure is: it is done a piece at a time, by whoever holds its row, in turns with the others.
alter table erasure
    add column cursor_day date,
    add column cursor_email text,
    add column cursor_fetched_at timestamptz,
    add column cursor_event_id uuid,
    add column looked_at timestamptz;

create index erasure_open on erasure (looked_at nulls first, requested_at) where done_at is null;
