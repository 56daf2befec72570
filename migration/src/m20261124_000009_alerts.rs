//! alerts: searches that people keep, what they are found by, and what they have found.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
create table saved_search (
    id            uuid        not null primary key,
    user_id       uuid        not null references user_account (id),
    name          text        not null,
    query         text,
    filter        jsonb       not null,
    channels      jsonb       not null,
    active        boolean     not null,
    listens_since timestamptz not null,
    version       bigint      not null check (version >= 1),
    created_at    timestamptz not null,
    updated_at    timestamptz not null
);
create index saved_search_user_id_idx on saved_search (user_id, created_at, id);

-- The inverted index: a listing's terms lead to the searches that it may fulfil. Paused searches are not in it.
create table saved_search_term (
    term            text collate "C" not null,
    saved_search_id uuid             not null references saved_search (id),
    primary key (term, saved_search_id)
);
create index saved_search_term_saved_search_id_idx on saved_search_term (saved_search_id);

create table saved_search_match (
    saved_search_id uuid        not null references saved_search (id),
    listing_id      uuid        not null references listing (id),
    matched_at      timestamptz not null,
    primary key (saved_search_id, listing_id)
);
create index saved_search_match_matched_at_idx on saved_search_match (saved_search_id, matched_at, listing_id);
create index saved_search_match_listing_id_idx on saved_search_match (listing_id);
"#;
