//! privacy: what people agreed to, and accounts that are no more.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
alter table user_account add column erased_at timestamptz;

-- Appended, never edited: agreeing again after a withdrawal is another row.
create table consent (
    id           uuid        not null primary key,
    user_id      uuid        not null references user_account (id),
    purpose      text        not null check (purpose in ('PUBLIC_NAME', 'STATISTICS', 'TRAINING_OFFERS')),
    wording      text        not null,
    given_at     timestamptz not null,
    withdrawn_at timestamptz,
    constraint consent_times_in_order check (given_at <= withdrawn_at)
);
create index consent_user_id_idx on consent (user_id, given_at, id);
create unique index consent_standing_key on consent (user_id, purpose) where withdrawn_at is null;

-- Whoever takes her data or closes her account is found by the address she was invited at.
create index invitation_identifier_idx on invitation (identifier);
"#;
