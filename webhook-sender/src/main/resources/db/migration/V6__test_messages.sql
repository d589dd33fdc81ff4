-- When the next test message may go to it: later than its end while one is under way, whichever instance sends it.
alter table webhook_endpoint add column next_test_at timestamptz;
