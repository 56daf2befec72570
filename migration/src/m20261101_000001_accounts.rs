//! accounts: who can act, and how they prove it.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
create table user_account (
    id            uuid        not null primary key,
    name          text        not null,
    phone         text        collate "C" constraint user_account_phone_key unique,
    email         text        collate "C" constraint user_account_email_key unique,
    language      text        not null,
    password_hash text        not null,
    status        text        not null check (status in ('ACTIVE', 'BLOCKED')),
    version       bigint      not null check (version >= 1),
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    constraint user_account_reachable check (phone is not null or email is not null)
);

create table session (
    id                 uuid        not null primary key,
    user_id            uuid        not null references user_account (id),
    family_id          uuid        not null,
    access_hash        bytea       not null constraint session_access_hash_key unique,
    access_expires_at  timestamptz not null,
    refresh_hash       bytea       not null constraint session_refresh_hash_key unique,
    refresh_expires_at timestamptz not null,
    rotated_at         timestamptz,
    retry_hash         bytea,
    successor_id       uuid,
    revoked_at         timestamptz,
    created_at         timestamptz not null,
    constraint session_rotated_whole check ((rotated_at is null) = (successor_id is null))
);
create index session_refresh_expires_at_idx on session (refresh_expires_at);
create index session_family_id_idx on session (family_id);
create index session_user_id_idx on session (user_id);

create table platform_role (
    user_id    uuid        not null references user_account (id),
    role       text        not null check (role in ('ADMIN', 'VERIFIER', 'AUDITOR')),
    granted_at timestamptz not null,
    granted_by uuid        references user_account (id),
    primary key (user_id, role)
);
"#;
