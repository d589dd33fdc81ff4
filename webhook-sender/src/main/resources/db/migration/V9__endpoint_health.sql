-- How an endpoint that fails is doing; no row while its last attempt went well. No reference: an attempt may outlive its endpoint.
create table endpoint_health (
    endpoint_id   text        primary key,
    -- Failed attempts in a row, those apart that were under way when it was left alone.
    failures      integer     not null,
    failing_since timestamptz not null,
    -- When it was last left alone, or given its next chance; what began before does not count.
    opened_at     timestamptz,
    open_until    timestamptz
);
