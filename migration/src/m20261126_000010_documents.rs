//! documents: files that organizations hand in, what is kept of them, and what they are used for.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
create table document (
    id                uuid        not null primary key,
    organization_id   uuid        not null references organization (id),
    uploader_id       uuid        references user_account (id),
    file_name         text        not null,
    media_type        text        not null,
    visibility        text        not null check (visibility in ('PUBLIC', 'PARTY', 'REVIEWERS')),
    state             text        not null check (state in ('PENDING', 'READY', 'REFUSED')),
    refusal           text,
    uploaded_sha256   bytea       not null,
    uploaded_size     bigint      not null check (uploaded_size > 0),
    upload_expires_at timestamptz not null,
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    constraint document_refusal_said check ((state = 'REFUSED') = (refusal is not null))
);
create index document_organization_id_idx on document (organization_id, created_at, id);
create index document_uploader_id_idx on document (uploader_id);
create index document_unfinished_idx on document (upload_expires_at) where state <> 'READY';
create index document_ready_idx on document (updated_at) where state = 'READY';

-- Content by its SHA-256: a row is there before its bytes are, and goes after them.
create table document_blob (
    sha256     bytea       not null primary key,
    touched_at timestamptz not null,
    removing   boolean     not null
);
create index document_blob_touched_at_idx on document_blob (touched_at);

-- What of a document is served: itself, and smaller pictures of it.
create table document_rendition (
    document_id uuid    not null references document (id),
    name        text    not null,
    sha256      bytea   not null references document_blob (sha256),
    media_type  text    not null,
    byte_size   bigint  not null check (byte_size > 0),
    width       integer check (width > 0),
    height      integer check (height > 0),
    primary key (document_id, name)
);
create index document_rendition_sha256_idx on document_rendition (sha256);

-- What a document serves for, or served for until lately. What is used is not removed.
create table document_use (
    document_id  uuid        not null references document (id),
    subject_kind text        not null,
    subject_id   uuid        not null,
    position     integer     not null check (position >= 0),
    ended_at     timestamptz,
    primary key (document_id, subject_kind, subject_id)
);
create index document_use_subject_idx on document_use (subject_kind, subject_id, position) where ended_at is null;
"#;
