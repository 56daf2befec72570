//! inquiries: what buyers and sellers write to each other, who wants no more of it, and what is reported.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
-- A thread between two organizations. What each side has read is kept beside it, so that a list tells it without counting.
create table inquiry (
    id              uuid        not null primary key,
    -- Who began.
    from_id         uuid        not null references organization (id),
    to_id           uuid        not null references organization (id),
    -- Null for an organization as a whole.
    listing_id      uuid        references listing (id),
    status          text        not null check (status in ('OPEN', 'CLOSED')),
    -- The place of the last message; places count from 1.
    message_count   bigint      not null check (message_count >= 0),
    last_message_at timestamptz not null,
    from_read       bigint      not null,
    from_read_at    timestamptz,
    from_read_by    uuid        references user_account (id),
    from_unread     bigint      not null check (from_unread >= 0),
    to_read         bigint      not null,
    to_read_at      timestamptz,
    to_read_by      uuid        references user_account (id),
    to_unread       bigint      not null check (to_unread >= 0),
    created_at      timestamptz not null,
    closed_at       timestamptz,
    constraint inquiry_two_parties check (from_id <> to_id),
    constraint inquiry_from_read_within check (from_read between 0 and message_count),
    constraint inquiry_to_read_within check (to_read between 0 and message_count),
    constraint inquiry_closed_then check ((status = 'CLOSED') = (closed_at is not null))
);
-- One open thread of an organization with another about a listing, and one about nothing in particular.
create unique index inquiry_open_listing_key on inquiry (from_id, to_id, listing_id)
    where status = 'OPEN' and listing_id is not null;
create unique index inquiry_open_key on inquiry (from_id, to_id) where status = 'OPEN' and listing_id is null;
create index inquiry_from_id_idx on inquiry (from_id, last_message_at, id);
create index inquiry_to_id_idx on inquiry (to_id, last_message_at, id);
create index inquiry_from_unread_idx on inquiry (from_id, last_message_at, id) where from_unread > 0;
create index inquiry_to_unread_idx on inquiry (to_id, last_message_at, id) where to_unread > 0;
create index inquiry_listing_id_idx on inquiry (listing_id) where listing_id is not null;
create index inquiry_begun_idx on inquiry (from_id, created_at);
create index inquiry_from_read_by_idx on inquiry (from_read_by) where from_read_by is not null;
create index inquiry_to_read_by_idx on inquiry (to_read_by) where to_read_by is not null;

create table inquiry_message (
    id              uuid        not null primary key,
    inquiry_id      uuid        not null references inquiry (id),
    -- Its place in the thread, from 1.
    sequence        bigint      not null check (sequence >= 1),
    -- For whom it was written.
    organization_id uuid        not null references organization (id),
    -- Who wrote it; null once she asked to be forgotten.
    author_id       uuid        references user_account (id),
    text            text        not null,
    sent_at         timestamptz not null,
    constraint inquiry_message_sequence_key unique (inquiry_id, sequence)
);
create index inquiry_message_organization_id_idx on inquiry_message (organization_id, sent_at);
create index inquiry_message_author_id_idx on inquiry_message (author_id, sent_at, id) where author_id is not null;

-- Of whom an organization wants to hear nothing. Nothing is sent between the two while it stands.
create table inquiry_block (
    organization_id uuid        not null references organization (id),
    blocked_id      uuid        not null references organization (id),
    reason          text,
    blocked_by      uuid        references user_account (id),
    created_at      timestamptz not null,
    primary key (organization_id, blocked_id),
    constraint inquiry_block_of_another check (organization_id <> blocked_id)
);
create index inquiry_block_created_at_idx on inquiry_block (organization_id, created_at, blocked_id);
create index inquiry_block_blocked_id_idx on inquiry_block (blocked_id);
create index inquiry_block_blocked_by_idx on inquiry_block (blocked_by) where blocked_by is not null;

-- What a party of a thread told the platform. While it waits, the platform's administrators may read the thread.
create table inquiry_report (
    id              uuid        not null primary key,
    inquiry_id      uuid        not null references inquiry (id),
    message_id      uuid        references inquiry_message (id),
    -- Who reported.
    organization_id uuid        not null references organization (id),
    -- Of whom: the other party.
    reported_id     uuid        not null references organization (id),
    reported_by     uuid        references user_account (id),
    reason          text        not null check (reason in ('SPAM', 'FRAUD', 'ABUSE', 'OTHER')),
    text            text,
    status          text        not null check (status in ('OPEN', 'DISMISSED', 'UPHELD')),
    note            text,
    decided_by      uuid        references user_account (id),
    decided_at      timestamptz,
    created_at      timestamptz not null,
    constraint inquiry_report_decided_then check ((status = 'OPEN') = (decided_at is null))
);
create unique index inquiry_report_open_key on inquiry_report (inquiry_id, organization_id) where status = 'OPEN';
create index inquiry_report_created_at_idx on inquiry_report (created_at, id);
create index inquiry_report_status_idx on inquiry_report (status, created_at, id);
create index inquiry_report_organization_id_idx on inquiry_report (organization_id);
create index inquiry_report_message_id_idx on inquiry_report (message_id) where message_id is not null;
create index inquiry_report_reported_id_idx on inquiry_report (reported_id, created_at, id);
create index inquiry_report_reported_by_idx on inquiry_report (reported_by) where reported_by is not null;
create index inquiry_report_decided_by_idx on inquiry_report (decided_by) where decided_by is not null;
"#;
