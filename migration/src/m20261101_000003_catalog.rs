//! catalog: the product taxonomy, unit conversions, and what is offered.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &[] };

const UP: &str = r#"
create table product (
    code        text collate "C" not null primary key,
    parent_code text collate "C",
    names       jsonb            not null,
    hs_code     text,
    body        jsonb            not null,
    position    integer          not null
);
create index product_parent_code_idx on product (parent_code, position);

create table unit_conversion (
    id           uuid             not null primary key,
    unit_code    text             not null,
    product_code text collate "C",
    place_code   text collate "C",
    grams        bigint           not null check (grams > 0),
    valid_from   date             not null,
    valid_to     date,
    weigher      text             not null,
    source       text             not null,
    certainty    text             not null,
    constraint unit_conversion_dates_in_order check (valid_from <= valid_to)
);
create index unit_conversion_unit_code_idx on unit_conversion (unit_code, product_code, place_code);

-- Quantities are thousandths of the unit, prices minor units of the currency, price_per_kilogram thousandths of one.
create table listing (
    id                 uuid             not null primary key,
    organization_id    uuid             not null references organization (id),
    product_code       text collate "C" not null references product (code),
    title              text             not null,
    title_folded       text collate "C" not null,
    description        text,
    language           text             not null,
    price_minor        bigint           check (price_minor >= 0),
    price_currency     text,
    price_unit         text,
    price_per_kilogram bigint           check (price_per_kilogram >= 0),
    quantity           bigint           check (quantity >= 0),
    quantity_unit      text,
    quantity_grams     bigint           check (quantity_grams >= 0),
    reserved           bigint           not null default 0,
    minimum_order      bigint           check (minimum_order >= 0),
    grade              text,
    measurements       jsonb            not null,
    season             text,
    available_from     date,
    available_until    date,
    place_code         text collate "C" references place (code),
    region_code        text collate "C",
    cercle_code        text collate "C",
    delivery_terms     text,
    status             text             not null check (status in ('DRAFT', 'PUBLISHED', 'PAUSED', 'ARCHIVED')),
    reference          text collate "C",
    reference_digest   bytea,
    version            bigint           not null check (version >= 1),
    created_at         timestamptz      not null,
    updated_at         timestamptz      not null,
    published_at       timestamptz,
    constraint listing_organization_id_reference_key unique (organization_id, reference),
    constraint listing_stock_never_below_zero check (reserved >= 0 and reserved <= coalesce(quantity, 0)),
    constraint listing_price_whole
        check ((price_minor is null) = (price_currency is null) and (price_minor is null) = (price_unit is null)),
    constraint listing_quantity_whole check ((quantity is null) = (quantity_unit is null)),
    constraint listing_dates_in_order check (available_from <= available_until),
    constraint listing_published_whole
        check (status <> 'PUBLISHED' or (price_minor is not null and quantity is not null
                                         and place_code is not null and published_at is not null))
);
-- Newest first within one organization, for the few that are shown under each of many.
create index listing_organization_id_idx on listing (organization_id, status, published_at, id);
-- The organization at the end lets a count leave out the suspended without reading a row.
create index listing_product_code_idx
    on listing (product_code, region_code, status, published_at, id, organization_id);
-- Of a place, whatever the product.
create index listing_region_code_idx on listing (region_code, status, published_at, id, organization_id);
create index listing_cercle_code_idx on listing (cercle_code, status, published_at, id, organization_id);
create index listing_published_at_idx on listing (status, published_at, id);
create index listing_price_per_kilogram_idx on listing (status, price_per_kilogram, id);
create index listing_updated_at_idx on listing (updated_at, id);

create table listing_version (
    listing_id uuid        not null references listing (id),
    version    bigint      not null check (version >= 1),
    snapshot   jsonb       not null,
    changed_by uuid        references user_account (id),
    changed_at timestamptz not null,
    primary key (listing_id, version)
);

create table stock_reservation (
    id              uuid        not null primary key,
    listing_id      uuid        not null references listing (id),
    organization_id uuid        not null references organization (id),
    quantity        bigint      not null check (quantity > 0),
    quantity_unit   text        not null,
    status          text        not null check (status in ('HELD', 'RELEASED', 'FULFILLED', 'EXPIRED')),
    expires_at      timestamptz not null,
    created_by      uuid        not null references user_account (id),
    created_at      timestamptz not null,
    ended_at        timestamptz,
    constraint stock_reservation_ended_when_not_held check ((status = 'HELD') = (ended_at is null))
);
create index stock_reservation_listing_id_idx on stock_reservation (listing_id, id);
create index stock_reservation_status_idx on stock_reservation (status, expires_at);
"#;
