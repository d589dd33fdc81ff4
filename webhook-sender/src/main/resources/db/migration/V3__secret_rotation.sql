-- A secret that has been replaced signs until then, beside the current one, which has no such time.
alter table endpoint_secret add column expires_at timestamptz;

create unique index endpoint_secret_current on endpoint_secret (endpoint_id) where expires_at is null;

-- Finds what an older key of the keyset has sealed.
create index endpoint_secret_key on endpoint_secret (key_id, id);
