//! search: rebuilds of the index that began, until what changed meanwhile was fed again.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
-- A handful of rows at most: a rebuild's own, and those of rebuilds whose process was killed.
create table search_rebuild (
    id            uuid        not null primary key,
    changes_since timestamptz not null,
    alive_at      timestamptz not null
);
"#;
