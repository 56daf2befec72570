//! certification and directory: certificates with their decisions, whom they cover, groups of producers; reviews of
//! evidence; reminders.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

/// A number may be handed in by anyone, but only one certificate of a scheme may be found genuine under it; SQLite cannot
/// drop the constraint that said otherwise, so the table is made anew.
const UP: &str = r#"
create table certificate_before as select * from certificate;
drop table certificate;
create table certificate (
    id                 uuid             not null primary key,
    scheme_code        text collate "C" not null,
    number             text collate "C" not null,
    issuer_name        text             not null,
    organization_id    uuid             not null references organization (id),
    status             text             not null check (status in ('SUBMITTED', 'VERIFIED', 'REJECTED', 'SUSPENDED',
                                                                   'REVOKED')),
    valid_from         date             not null,
    valid_until        date             not null,
    -- The first day without force by decision: of a suspension that lasts, or of a revocation, which may be to come.
    void_from          date,
    product_codes      jsonb            not null,
    site_names         jsonb            not null,
    -- Thousandths of a kilogram.
    volume_limit_grams bigint           check (volume_limit_grams > 0),
    submitted_by       uuid             references user_account (id),
    claimed_by         uuid             references user_account (id),
    claimed_until      timestamptz,
    created_at         timestamptz      not null,
    updated_at         timestamptz      not null,
    version            bigint           not null check (version >= 1),
    constraint certificate_period_in_order check (valid_from <= valid_until),
    constraint certificate_void_by_decision check ((void_from is not null) = (status in ('SUSPENDED', 'REVOKED'))),
    constraint certificate_claimed_whole check ((claimed_by is null) = (claimed_until is null))
);
insert into certificate (id, scheme_code, number, issuer_name, organization_id, status, valid_from, valid_until,
                         void_from, product_codes, site_names, created_at, updated_at, version)
    select id, scheme_code, number, issuer_name, organization_id, status, valid_from, valid_until,
           case when status in ('SUSPENDED', 'REVOKED') then valid_from end,
           product_codes, site_names, created_at, updated_at, version
    from certificate_before;
drop table certificate_before;
create unique index certificate_genuine_key on certificate (scheme_code, number)
    where status in ('VERIFIED', 'SUSPENDED', 'REVOKED');
create unique index certificate_submitted_key on certificate (organization_id, scheme_code, number)
    where status = 'SUBMITTED';
create index certificate_organization_id_idx on certificate (organization_id, created_at, id);
create index certificate_waiting_idx on certificate (created_at, id) where status = 'SUBMITTED';
create index certificate_created_at_idx on certificate (created_at, id);
create index certificate_scheme_code_idx on certificate (scheme_code, created_at, id);
-- What begins or ceases to hold as days pass, and what runs out soon.
create index certificate_valid_from_idx on certificate (valid_from) where status in ('VERIFIED', 'REVOKED');
create index certificate_valid_until_idx on certificate (valid_until) where status in ('VERIFIED', 'REVOKED');
create index certificate_void_from_idx on certificate (void_from) where void_from is not null;
create index certificate_updated_at_idx on certificate (updated_at);

-- Whom a certificate covers, its holder among them.
create table certificate_organization (
    organization_id uuid not null references organization (id),
    certificate_id  uuid not null references certificate (id),
    primary key (organization_id, certificate_id)
);
create index certificate_organization_certificate_id_idx on certificate_organization (certificate_id);
insert into certificate_organization (organization_id, certificate_id) select organization_id, id from certificate;

-- Every decision, appended and never edited.
create table certificate_decision (
    certificate_id uuid        not null references certificate (id),
    sequence       bigint      not null check (sequence >= 1),
    status         text        not null check (status in ('SUBMITTED', 'VERIFIED', 'REJECTED', 'SUSPENDED', 'REVOKED')),
    -- The first day that it speaks of; null for all of the certificate's days.
    effective_from date,
    reason         text,
    decided_by     uuid        references user_account (id),
    decided_at     timestamptz not null,
    primary key (certificate_id, sequence)
);
insert into certificate_decision (certificate_id, sequence, status, decided_at)
    select id, 1, case when status in ('SUSPENDED', 'REVOKED') then 'VERIFIED' else status end, created_at
    from certificate;
insert into certificate_decision (certificate_id, sequence, status, effective_from, decided_at)
    select id, 2, status, void_from, updated_at from certificate where status in ('SUSPENDED', 'REVOKED');

-- The producers of a group that is certified together. A person is known by a digest of her phone or identity number.
create table certificate_group_member (
    certificate_id uuid             not null references certificate (id),
    member_code    text collate "C" not null,
    person_digest  bytea            not null,
    -- Thousandths of a hectare.
    hectares       bigint           not null check (hectares >= 0),
    -- Whole francs CFA a year, from what is certified.
    turnover_xof   bigint           check (turnover_xof >= 0),
    primary key (certificate_id, member_code),
    constraint certificate_group_member_once unique (certificate_id, person_digest)
);
create index certificate_group_member_person_digest_idx on certificate_group_member (person_digest, certificate_id);

-- Every verdict on a piece of evidence. One that decides is the last one needed, or overturns what was decided.
create table ownership_review (
    evidence_id uuid        not null references ownership_evidence (id),
    sequence    bigint      not null check (sequence >= 1),
    reviewer    uuid        not null references user_account (id),
    verdict     text        not null check (verdict in ('ACCEPTED', 'REJECTED')),
    reason      text,
    decides     boolean     not null,
    reviewed_at timestamptz not null,
    primary key (evidence_id, sequence)
);
insert into ownership_review (evidence_id, sequence, reviewer, verdict, reason, decides, reviewed_at)
    select id, 1, reviewer, verdict, reason, true, reviewed_at from ownership_evidence where reviewed_at is not null;
alter table ownership_evidence add column claimed_by uuid references user_account (id);
alter table ownership_evidence add column claimed_until timestamptz;
create index ownership_evidence_waiting_idx on ownership_evidence (submitted_at, id) where verdict is null;
create index ownership_evidence_valid_until_idx on ownership_evidence (valid_until) where verdict = 'ACCEPTED';

-- What people were reminded of: once for each number of days before it runs out.
create table reminder (
    subject_kind text collate "C" not null,
    subject_id   uuid             not null,
    days_before  bigint           not null check (days_before >= 0),
    told_at      timestamptz      not null,
    primary key (subject_kind, subject_id, days_before)
);
"#;
