//! accounts: attempts to sign in are counted by all processes together.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
-- How far an allowance of attempts is used up: one row for what an identifier or an address falls into. Nothing in it tells
-- which one that was. Rows whose time has passed mean nothing and are removed.
create table attempt (
    slot       bigint not null primary key,
    -- Microseconds since 1970: it is added to and compared in one statement, which timestamps are not on both databases.
    used_until bigint not null
);
create index attempt_used_until_idx on attempt (used_until);
"#;
