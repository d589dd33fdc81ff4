-- Who was erased, for whatever a log may bring later: SHA-256 of the subject, which stays when the subject itself goes.
alter table erasure add column subject_hash text;

update erasure set subject_hash = encode(sha256(convert_to(case
        when token_id is not null then 'token:' || token_id
        when email_hash is not null then 'email:' || email_hash
        else 'org:' || org_id || ' ' || principal_id
    end, 'UTF8')), 'hex')
where coalesce(org_id, token_id, email_hash) is not null;

create index erasure_by_subject on erasure (subject_hash) where subject_hash is not null;
