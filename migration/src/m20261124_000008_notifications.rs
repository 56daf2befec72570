//! notifications: what people are told, by which channel, and when.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
create table notification (
    id         uuid        not null primary key,
    user_id    uuid        not null references user_account (id),
    kind       text        not null,
    subject    text        not null,
    cause      text,
    arguments  jsonb       not null,
    created_at timestamptz not null,
    read_at    timestamptz
);
create index notification_user_id_idx on notification (user_id, created_at, id);
create index notification_unread_idx on notification (user_id, created_at, id) where read_at is null;
create index notification_created_at_idx on notification (created_at);

create table notification_delivery (
    id              uuid        not null primary key,
    notification_id uuid        not null references notification (id),
    user_id         uuid        not null references user_account (id),
    channel         text        not null check (channel in ('EMAIL', 'SMS')),
    state           text        not null
                    check (state in ('QUEUED', 'SENDING', 'SENT', 'FAILED', 'SUPPRESSED', 'UNKNOWN')),
    due_at          timestamptz not null,
    attempts        integer     not null check (attempts >= 0),
    attempted_at    timestamptz,
    reason          text,
    updated_at      timestamptz not null,
    constraint notification_delivery_channel_key unique (notification_id, channel)
);
create index notification_delivery_due_idx on notification_delivery (due_at, id) where state = 'QUEUED';
create index notification_delivery_sending_idx on notification_delivery (attempted_at) where state = 'SENDING';
create index notification_delivery_user_id_idx on notification_delivery (user_id, attempted_at);

-- A row only of who ever set something. Minutes of the day are those of Mali, which are those of UTC.
create table notification_preference (
    user_id         uuid        not null primary key references user_account (id),
    email           boolean     not null,
    sms             boolean     not null,
    quiet_from      integer     check (quiet_from between 0 and 1439),
    quiet_until     integer     check (quiet_until between 0 and 1439),
    email_daily_max integer     not null check (email_daily_max >= 0),
    sms_daily_max   integer     not null check (sms_daily_max >= 0),
    updated_at      timestamptz not null,
    constraint notification_preference_quiet_whole check ((quiet_from is null) = (quiet_until is null))
);

-- Each message carries a token of its own: what is kept of it cannot be turned back into it.
create table notification_opt_out (
    token_hash bytea       not null primary key,
    user_id    uuid        not null references user_account (id),
    created_at timestamptz not null
);
create index notification_opt_out_user_id_idx on notification_opt_out (user_id);
create index notification_opt_out_created_at_idx on notification_opt_out (created_at);
"#;
