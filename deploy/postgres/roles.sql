-- A role for each service that owns its schema and sees no other's. To be run once, in Tocsin's database, by who may create
-- roles there; doing it again changes nothing. Passwords are set apart: alter role webhook_sender password '…';
do $$
declare
    service text;
begin
    execute format('revoke all on database %I from public', current_database());
    revoke all on schema public from public;
    foreach service in array array['download_tracker', 'notification_dispatcher', 'webhook_sender'] loop
        if not exists (select from pg_roles where rolname = service) then
            execute format('create role %I login', service);
        end if;
        -- Who is no superuser may give a schema away only to a role that he is a member of.
        execute format('grant %I to current_user', service);
        execute format('grant connect on database %I to %I', current_database(), service);
        execute format('create schema if not exists %I authorization %I', service, service);
    end loop;
    -- The history puts what it copies into a table of the connection's own first.
    execute format('grant temporary on database %I to download_tracker', current_database());
end
$$;
