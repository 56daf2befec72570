//! documents: contents that are not public lie encrypted, under a name that tells nothing of them.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
-- Content by its name in the store: its SHA-256, or where it is sealed what only the service can compute of that.
alter table document_blob rename column sha256 to address;
-- The name of the key; null where the content lies as it is.
alter table document_blob add column sealed_with bytea;

-- What a rendition hashes to is no longer what its content is called.
create table document_rendition_next (
    document_id uuid    not null references document (id),
    name        text    not null,
    sha256      bytea   not null,
    address     bytea   not null references document_blob (address),
    -- Whether it is not public and lies as it is nevertheless: it is yet to be sealed.
    exposed     boolean not null,
    media_type  text    not null,
    byte_size   bigint  not null check (byte_size > 0),
    width       integer check (width > 0),
    height      integer check (height > 0),
    primary key (document_id, name)
);
insert into document_rendition_next (document_id, name, sha256, address, exposed, media_type, byte_size, width, height)
    select r.document_id, r.name, r.sha256, r.sha256, d.visibility <> 'PUBLIC', r.media_type, r.byte_size, r.width, r.height
    from document_rendition r join document d on d.id = r.document_id;
drop table document_rendition;
alter table document_rendition_next rename to document_rendition;
create index document_rendition_address_idx on document_rendition (address);
create index document_rendition_exposed_idx on document_rendition (document_id, name) where exposed;
"#;
