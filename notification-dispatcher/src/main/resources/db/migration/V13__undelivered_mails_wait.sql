-- Of a mail that tells what a webhook did not bring: what kind of notice that was. Null where it is the notification's own.
alter table kept_notice add column tells text;
