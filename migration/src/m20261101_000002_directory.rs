//! directory: places, organizations, who belongs to them, and who owns and leads them.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
create table reference_data (
    name       text        not null primary key,
    digest     text        not null,
    applied_at timestamptz not null
);

-- Parents and regions are not foreign keys: the rows come from one embedded file, in any order.
create table place (
    code        text collate "C" not null primary key,
    kind        text             not null check (kind in ('COUNTRY', 'REGION', 'DISTRICT', 'CERCLE', 'COMMUNE')),
    name        text             not null,
    names       jsonb            not null,
    parent_code text collate "C",
    region_code text collate "C",
    cercle_code text collate "C",
    codes       jsonb            not null,
    latitude    double precision,
    longitude   double precision,
    valid_from  date,
    valid_to    date,
    source      text             not null,
    certainty   text             not null
);
create index place_parent_code_idx on place (parent_code);

create table place_alias (
    place_code text collate "C" not null references place (code) on delete cascade,
    folded     text collate "C" not null,
    alias      text             not null,
    source     text             not null,
    primary key (folded, place_code)
);
create index place_alias_place_code_idx on place_alias (place_code);

create table organization (
    id           uuid             not null primary key,
    kind         text             not null check (kind in ('COOPERATIVE', 'SME', 'MARKET_SELLER', 'COMPANY',
                                                          'PUBLIC_BODY', 'CERTIFIER', 'SUPPORT_ORGANIZATION')),
    legal_form   text,
    name         text             not null,
    name_folded  text collate "C" not null,
    descriptions jsonb            not null,
    language     text             not null,
    place_code   text collate "C" not null references place (code),
    region_code  text collate "C",
    cercle_code  text collate "C",
    latitude     double precision check (latitude between -90 and 90),
    longitude    double precision check (longitude between -180 and 180),
    phone        text,
    email        text,
    languages    jsonb            not null,
    market_name  text,
    stall        text,
    standing     text             not null check (standing in ('GOOD', 'SUSPENDED')),
    version      bigint           not null check (version >= 1),
    created_at   timestamptz      not null,
    updated_at   timestamptz      not null,
    constraint organization_point_whole check ((latitude is null) = (longitude is null))
);
-- Lists of organizations come by name unless asked otherwise.
create index organization_kind_idx on organization (kind, name_folded, id);
create index organization_region_code_idx on organization (region_code, name_folded, id);
create index organization_cercle_code_idx on organization (cercle_code, name_folded, id);
create index organization_place_code_idx on organization (place_code, name_folded, id);
create index organization_name_folded_idx on organization (name_folded, id);
create index organization_created_at_idx on organization (created_at, id);
create index organization_updated_at_idx on organization (updated_at, id);
-- The suspended are few: what hides their listings reads this and nothing else.
create index organization_suspended_idx on organization (id) where standing = 'SUSPENDED';

create table membership (
    id              uuid        not null primary key,
    organization_id uuid        not null references organization (id),
    user_id         uuid        not null references user_account (id),
    role            text        not null check (role in ('OWNER', 'MANAGER', 'AGENT', 'PROCUREMENT_OFFICER',
                                                         'EVALUATOR', 'VIEWER')),
    version         bigint      not null check (version >= 1),
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint membership_organization_id_user_id_key unique (organization_id, user_id)
);
create index membership_user_id_idx on membership (user_id);

create table invitation (
    id              uuid        not null primary key,
    organization_id uuid        not null references organization (id),
    identifier      text        not null,
    role            text        not null check (role in ('OWNER', 'MANAGER', 'AGENT', 'PROCUREMENT_OFFICER',
                                                         'EVALUATOR', 'VIEWER')),
    code_hash       bytea       not null constraint invitation_code_hash_key unique,
    invited_by      uuid        not null references user_account (id),
    expires_at      timestamptz not null,
    accepted_at     timestamptz,
    accepted_by     uuid        references user_account (id),
    revoked_at      timestamptz,
    created_at      timestamptz not null,
    constraint invitation_accepted_by_someone check ((accepted_at is null) = (accepted_by is null)),
    constraint invitation_ended_once check (accepted_at is null or revoked_at is null)
);
create index invitation_organization_id_idx on invitation (organization_id, created_at, id);

create table organization_registration (
    id              uuid             not null primary key,
    organization_id uuid             not null references organization (id),
    scheme          text             not null,
    raw             text             not null,
    normalized      text collate "C" not null,
    constraint organization_registration_scheme_normalized_key unique (scheme, normalized)
);
create index organization_registration_organization_id_idx on organization_registration (organization_id);

-- Percentages are thousandths of a percent: 100 % is 100000.
create table ownership_declaration (
    id                       uuid        not null primary key,
    organization_id          uuid        not null references organization (id),
    sequence                 bigint      not null check (sequence >= 1),
    women_owned_percent      bigint      check (women_owned_percent between 0 and 100000),
    women_board_percent      bigint      check (women_board_percent between 0 and 100000),
    women_management_percent bigint      check (women_management_percent between 0 and 100000),
    women_members            bigint      check (women_members >= 0),
    total_members            bigint      check (total_members >= 0),
    young_women_members      bigint      check (young_women_members >= 0),
    women_employees          bigint      check (women_employees >= 0),
    total_employees          bigint      check (total_employees >= 0),
    woman_signatory          boolean,
    operated_independently   boolean,
    woman_chief_executive    boolean,
    has_board                boolean,
    declared_by              uuid        not null references user_account (id),
    declared_at              timestamptz not null,
    constraint ownership_declaration_organization_id_sequence_key unique (organization_id, sequence),
    constraint ownership_declaration_members_add_up
        check (women_members <= total_members and young_women_members <= women_members),
    constraint ownership_declaration_employees_add_up check (women_employees <= total_employees)
);

create table ownership_evidence (
    id              uuid        not null primary key,
    organization_id uuid        not null references organization (id),
    facts           jsonb       not null,
    level           text        not null check (level in ('SELF_DECLARED', 'DOCUMENT_SUBMITTED', 'DOCUMENT_VERIFIED',
                                                          'THIRD_PARTY_CERTIFIED')),
    issuer          text,
    valid_from      date,
    valid_until     date,
    document_id     uuid,
    submitted_by    uuid        not null references user_account (id),
    submitted_at    timestamptz not null,
    reviewer        uuid        references user_account (id),
    verdict         text,
    reason          text,
    reviewed_at     timestamptz,
    constraint ownership_evidence_dates_in_order check (valid_from <= valid_until),
    constraint ownership_evidence_reviewed_whole
        check ((reviewer is null) = (reviewed_at is null) and (verdict is null) = (reviewed_at is null))
);
create index ownership_evidence_organization_id_idx on ownership_evidence (organization_id, submitted_at, id);

create table ownership_assessment (
    organization_id uuid   not null references organization (id),
    definition      text   not null,
    status          text   not null check (status in ('YES', 'NO', 'UNKNOWN')),
    evidence_level  text   not null check (evidence_level in ('SELF_DECLARED', 'DOCUMENT_SUBMITTED',
                                                              'DOCUMENT_VERIFIED', 'THIRD_PARTY_CERTIFIED')),
    rules_version   text   not null,
    assessed_on     date   not null,
    primary key (organization_id, definition)
);
create index ownership_assessment_definition_idx
    on ownership_assessment (definition, status, evidence_level, organization_id);
"#;
