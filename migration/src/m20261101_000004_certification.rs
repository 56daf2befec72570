//! certification: certificates, their scope and where they stand.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
create table certificate (
    id              uuid             not null primary key,
    scheme_code     text collate "C" not null,
    number          text collate "C" not null,
    issuer_name     text             not null,
    organization_id uuid             not null references organization (id),
    status          text             not null check (status in ('SUBMITTED', 'VERIFIED', 'REJECTED', 'SUSPENDED',
                                                                'REVOKED')),
    valid_from      date             not null,
    valid_until     date             not null,
    product_codes   jsonb            not null,
    site_names      jsonb            not null,
    created_at      timestamptz      not null,
    updated_at      timestamptz      not null,
    version         bigint           not null check (version >= 1),
    constraint certificate_scheme_code_number_key unique (scheme_code, number),
    constraint certificate_dates_in_order check (valid_from <= valid_until)
);
create index certificate_organization_id_idx on certificate (organization_id, id);
"#;
