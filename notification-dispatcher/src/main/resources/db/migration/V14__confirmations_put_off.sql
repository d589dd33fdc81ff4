-- Mails that went when they had been put off: beside the request for each, which is counted when it was made.
alter table confirmation_mail add column later boolean not null default false;
