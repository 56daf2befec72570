//! insight: prices on markets, and the files they came from.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change { module: module_path!(), sql: UP, append_only: &["price_import"] };

const UP: &str = r#"
-- A file that brought something. One that brought nothing new leaves no row.
create table price_import (
    id          uuid        not null primary key,
    source      text        not null,
    layout      text        not null check (layout in ('HDX', 'HDX_OLDER', 'MONTHLY')),
    digest      bytea       not null,
    rows        bigint      not null,
    added       bigint      not null,
    changed     bigint      not null,
    unchanged   bigint      not null,
    refused     bigint      not null,
    imported_at timestamptz not null,
    constraint price_import_adds_up check (rows = added + changed + unchanged + refused)
);

create table market_price (
    id            uuid             not null primary key,
    import_id     uuid             not null references price_import (id),
    market_key    text collate "C" not null,
    market        text             not null,
    admin1        text             not null,
    admin2        text             not null,
    place_code    text collate "C" references place (code),
    product_code  text collate "C" not null references product (code),
    commodity_key text collate "C" not null,
    commodity     text             not null,
    price_type    text             not null check (price_type in ('RETAIL', 'WHOLESALE', 'FARM_GATE')),
    currency      text collate "C" not null,
    -- Months since the year 0.
    month         bigint           not null,
    -- Thousandths of the currency's minor unit.
    price         bigint           not null check (price > 0),
    unit          text collate "C" not null,
    unit_grams    bigint           not null check (unit_grams > 0),
    per_kilogram  bigint           not null check (per_kilogram > 0),
    outlier       boolean          not null,
    constraint market_price_key unique (market_key, commodity_key, price_type, currency, month, unit)
);
create index market_price_product_code_idx on market_price (product_code, price_type, currency, month, id);
create index market_price_place_code_idx on market_price (place_code, product_code, price_type, currency, month);
create index market_price_import_id_idx on market_price (import_id);
"#;
