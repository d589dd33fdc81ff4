-- A delivery that was parked between two attempts goes back to a retry topic, which takes its attempts with it.
alter table parked_delivery add column topic text not null default 'webhook.requested';
alter table parked_delivery alter column topic drop default;

-- Finds which endpoints have something, and the first of each.
create index parked_delivery_endpoint on parked_delivery (endpoint_id, not_before, id);
