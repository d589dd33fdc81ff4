-- What a webhook did not bring and a mail tells may itself be a correction: it is no alarm, and no later withdrawal ends it.
alter table notification add column corrects boolean not null default false;
update notification n set corrects = true from kept_notice k
where k.notification_id = n.notification_id and k.tells = 'withdrawn';
