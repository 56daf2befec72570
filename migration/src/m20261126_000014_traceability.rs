//! traceability: producers and their plots, lots, events with their hash chains, what follows from both.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change {
    module: module_path!(),
    sql: UP,
    append_only: &["trace_event", "trace_event_epc", "delivery", "trace_checkpoint"],
};

const UP: &str = r#"
-- Whoever delivers to a cooperative. Not a user. What is personal is null once she asked to be forgotten.
create table producer (
    id                uuid             not null primary key,
    organization_id   uuid             not null references organization (id),
    -- What the organization calls her by: her member number.
    code              text collate "C" not null,
    name              text,
    name_folded       text collate "C" not null,
    gender            text             not null check (gender in ('FEMALE', 'MALE', 'OTHER', 'UNDISCLOSED')),
    birth_year        bigint           check (birth_year between 1900 and 2100),
    phone             text collate "C",
    village_code      text collate "C" references place (code),
    -- By which she is known in another group; as in certificate_group_member.
    person_digest     bytea,
    -- What events call her: drawn at random, so that it leads nowhere once this row is emptied.
    pseudonym         text collate "C" not null unique,
    -- Since when she agrees that her name stands on public pages.
    name_public_since timestamptz,
    erased_at         timestamptz,
    created_at        timestamptz      not null,
    updated_at        timestamptz      not null,
    version           bigint           not null check (version >= 1),
    constraint producer_code_key unique (organization_id, code),
    constraint producer_erased_empty check (erased_at is null or (name is null and phone is null and birth_year is null
                                            and person_digest is null and village_code is null))
);
create index producer_name_idx on producer (organization_id, name_folded, id);
create index producer_person_digest_idx on producer (person_digest) where person_digest is not null;

-- When she belonged to the organization, and to a group of it that is certified together: one of a scheme at a time.
create table producer_membership (
    id           uuid             not null primary key,
    producer_id  uuid             not null references producer (id),
    -- Null for the organization itself.
    scheme_code  text collate "C",
    valid_from   date             not null,
    -- The last day; null while it lasts.
    valid_until  date,
    created_at   timestamptz      not null,
    constraint producer_membership_in_order check (valid_until is null or valid_from <= valid_until)
);
create index producer_membership_producer_id_idx on producer_membership (producer_id, valid_from);

-- Land that she farms.
create table plot (
    id            uuid             not null primary key,
    producer_id   uuid             not null references producer (id),
    name          text             not null,
    -- GeoJSON: a Point or a Polygon, WGS 84. Null once she asked to be forgotten.
    geometry      jsonb,
    -- Of a polygon computed, of a point as declared.
    square_metres bigint           check (square_metres > 0),
    latitude      double precision,
    longitude     double precision,
    valid_from    date             not null,
    valid_until   date,
    created_at    timestamptz      not null,
    updated_at    timestamptz      not null,
    version       bigint           not null check (version >= 1),
    constraint plot_period_in_order check (valid_until is null or valid_from <= valid_until)
);
create index plot_producer_id_idx on plot (producer_id, valid_from, id);

-- A physical quantity of a product. Its mass is what is counted: thousandths of a kilogram.
create table lot (
    id                          uuid             not null primary key,
    -- What stands on its label.
    code                        text collate "C" not null unique,
    product_code                text collate "C" not null,
    -- Whose it is.
    organization_id             uuid             not null references organization (id),
    -- Who made it.
    maker_id                    uuid             not null references organization (id),
    -- Who is to receive it, while it is under way.
    destination_id              uuid             references organization (id),
    place_code                  text collate "C",
    grade                       text,
    grams                       bigint           not null check (grams >= 0),
    left_grams                  bigint           not null,
    -- Held for buyers of listings.
    reserved_grams              bigint           not null,
    custody                     text             not null check (custody in ('IDENTITY_PRESERVED', 'SEGREGATED',
                                                                 'CONTROLLED_BLENDING', 'MASS_BALANCE')),
    status                      text             not null check (status in ('AVAILABLE', 'IN_TRANSIT', 'VOID')),
    -- How many open reasons hold it.
    holds                       bigint           not null check (holds >= 0),
    -- Whether more came out than its rule of yield allows, with a signed reason.
    waived                      boolean          not null,
    made_by                     uuid             not null,
    made_at                     timestamptz      not null,
    -- The last thing that happened to it; nothing may happen to it before.
    touched_at                  timestamptz      not null,
    created_at                  timestamptz      not null,
    constraint lot_left_within check (left_grams between 0 and grams),
    constraint lot_reserved_within check (reserved_grams between 0 and left_grams),
    constraint lot_destination_under_way check ((status = 'IN_TRANSIT') = (destination_id is not null))
);
create index lot_organization_id_idx on lot (organization_id, made_at, id);
create index lot_destination_id_idx on lot (destination_id, made_at, id) where destination_id is not null;
create index lot_maker_id_idx on lot (maker_id, made_at, id);

-- What went from one lot into another. Follows from the events, whose corrections take it back.
create table lot_edge (
    child_id  uuid   not null references lot (id),
    parent_id uuid   not null references lot (id),
    grams     bigint not null check (grams >= 0),
    primary key (child_id, parent_id)
);
create index lot_edge_back_idx on lot_edge (child_id, parent_id, grams);
create index lot_edge_forward_idx on lot_edge (parent_id, child_id, grams);

-- What happened: EPCIS 2.0, appended and never changed.
create table trace_event (
    id              uuid             not null primary key,
    organization_id uuid             not null references organization (id),
    -- Counts the organization's events, from 1.
    sequence        bigint           not null check (sequence >= 1),
    kind            text             not null,
    event_time      timestamptz      not null,
    recorded_at     timestamptz      not null,
    -- No foreign key, as in the audit log: an index for it would be written with every event and read by nobody.
    recorded_by     uuid,
    -- The event in the form that RFC 8785 makes canonical.
    body            text             not null,
    -- What EPCIS calls it; an event and its error declaration share it. Like the next six it stands in the body.
    event_uri       text collate "C" not null,
    event_type      text             not null,
    action          text,
    biz_step        text collate "C",
    disposition     text,
    read_point      text collate "C",
    biz_location    text collate "C",
    -- Whether it says of an event that it was wrong.
    declares_error  boolean          not null,
    -- CBV 2.0, section 8.9: by what the same event is known again. Not by what it is sealed.
    event_hash      bytea            not null,
    -- Which event this one declares an error.
    corrects        uuid             references trace_event (id),
    -- SHA-256 of the hash before and the body.
    hash            bytea            not null,
    constraint trace_event_sequence_key unique (organization_id, sequence)
);
create index trace_event_event_hash_idx on trace_event (organization_id, event_hash);
create unique index trace_event_corrects_key on trace_event (corrects) where corrects is not null;
create index trace_event_event_time_idx on trace_event (organization_id, event_time, id);
create index trace_event_kind_idx on trace_event (organization_id, kind, event_time, id);
create index trace_event_time_idx on trace_event (event_time, id);
create index trace_event_recorded_at_idx on trace_event (organization_id, recorded_at, id);
create index trace_event_record_time_idx on trace_event (recorded_at, id);
create index trace_event_event_uri_idx on trace_event (event_uri);
create index trace_event_declares_error_idx on trace_event (event_time, id) where declares_error;
create index trace_event_biz_step_idx on trace_event (biz_step, event_time, id) where biz_step is not null;
create index trace_event_read_point_idx on trace_event (read_point, event_time, id) where read_point is not null;
create index trace_event_biz_location_idx on trace_event (biz_location, event_time, id) where biz_location is not null;

-- What an event is about: the code of a lot that is kept here, or another's identifier as it stands.
create table trace_event_epc (
    epc      text collate "C" not null,
    event_id uuid             not null references trace_event (id),
    role     text             not null check (role in ('OBJECT', 'INPUT', 'OUTPUT', 'PARENT', 'CHILD')),
    primary key (epc, event_id, role)
);
create index trace_event_epc_event_id_idx on trace_event_epc (event_id);

-- The last link of each organization's chain.
create table trace_chain (
    organization_id uuid   not null primary key references organization (id),
    head_sequence   bigint not null,
    head_hash       bytea  not null
);

-- What the service signed of a chain: the root of the Merkle tree (RFC 9162) over its first events.
create table trace_checkpoint (
    organization_id uuid        not null references organization (id),
    sequence        bigint      not null check (sequence >= 1),
    root            bytea       not null,
    signed_at       timestamptz not null,
    token           text        not null,
    primary key (organization_id, sequence)
);

-- Roots of whole subtrees of 256 events, so that a proof reads few rows. Follows from the events.
create table trace_tile (
    organization_id uuid   not null references organization (id),
    tile            bigint not null check (tile >= 0),
    root            bytea  not null,
    primary key (organization_id, tile)
);

-- What a producer brought. Neither her name nor what she was paid stands in the event.
create table delivery (
    event_id    uuid   not null primary key references trace_event (id),
    lot_id      uuid   not null references lot (id),
    producer_id uuid   not null references producer (id),
    plot_id     uuid   references plot (id),
    grams       bigint not null check (grams > 0),
    -- As it was measured, in thousandths of the unit.
    quantity    bigint not null check (quantity > 0),
    unit        text collate "C" not null
);
create index delivery_lot_id_idx on delivery (lot_id);
create index delivery_plot_id_idx on delivery (plot_id) where plot_id is not null;
create index delivery_producer_id_idx on delivery (producer_id, event_id);

-- What a producer was paid for a delivery.
create table producer_payment (
    id          uuid             not null primary key,
    delivery_id uuid             not null references delivery (event_id),
    minor       bigint           not null check (minor > 0),
    currency    text collate "C" not null,
    paid_at     timestamptz      not null,
    recorded_by uuid             references user_account (id),
    created_at  timestamptz      not null
);
create index producer_payment_delivery_id_idx on producer_payment (delivery_id, paid_at, id);

-- The code by which a producer confirms what was recorded of her; only its digest is kept.
create table producer_confirmation (
    id           uuid        not null primary key,
    producer_id  uuid        not null references producer (id),
    delivery_id  uuid        not null references delivery (event_id),
    -- Null where it confirms the delivery itself.
    payment_id   uuid        references producer_payment (id),
    code_digest  bytea       not null unique,
    channel      text        not null check (channel in ('SMS', 'SLIP')),
    issued_at    timestamptz not null,
    expires_at   timestamptz not null,
    confirmed_at timestamptz
);
create index producer_confirmation_delivery_id_idx on producer_confirmation (delivery_id);
create index producer_confirmation_payment_id_idx on producer_confirmation (payment_id) where payment_id is not null;

-- Short messages to people without an account, on their way. Gone when they are sent or given up.
create table producer_message (
    id          uuid        not null primary key,
    producer_id uuid        not null references producer (id),
    text        text        not null,
    due_at      timestamptz not null,
    attempts    integer     not null check (attempts >= 0),
    taken_until timestamptz
);
create index producer_message_due_at_idx on producer_message (due_at);
create index producer_message_producer_id_idx on producer_message (producer_id);

-- Why a lot may not move.
create table lot_hold (
    id          uuid        not null primary key,
    lot_id      uuid        not null references lot (id),
    cause       text        not null check (cause in ('RECALL', 'CORRECTION', 'INSPECTION')),
    -- The recall or the event.
    cause_id    uuid        not null,
    placed_at   timestamptz not null,
    released_at timestamptz,
    released_by uuid        references user_account (id),
    reason      text,
    constraint lot_hold_once unique (lot_id, cause_id)
);
create index lot_hold_cause_id_idx on lot_hold (cause_id);
create index lot_hold_released_by_idx on lot_hold (released_by) where released_by is not null;

-- Taking back what is not safe.
create table recall (
    id              uuid        not null primary key,
    organization_id uuid        not null references organization (id),
    event_id        uuid        not null references trace_event (id),
    reason          text        not null,
    opened_at       timestamptz not null,
    opened_by       uuid        references user_account (id),
    closed_at       timestamptz,
    closed_by       uuid        references user_account (id),
    resolution      text,
    version         bigint      not null check (version >= 1)
);
create index recall_organization_id_idx on recall (organization_id, opened_at, id);
create unique index recall_event_id_key on recall (event_id);
create index recall_opened_by_idx on recall (opened_by) where opened_by is not null;
create index recall_closed_by_idx on recall (closed_by) where closed_by is not null;

-- What it concerns: what it began with and all that was made of it.
create table recall_lot (
    recall_id uuid    not null references recall (id),
    lot_id    uuid    not null references lot (id),
    is_root   boolean not null,
    primary key (recall_id, lot_id)
);
create index recall_lot_lot_id_idx on recall_lot (lot_id);

-- Which lots a listing offers.
create table listing_lot (
    listing_id uuid   not null references listing (id),
    lot_id     uuid   not null references lot (id),
    position   bigint not null check (position >= 0),
    primary key (listing_id, lot_id)
);
create index listing_lot_lot_id_idx on listing_lot (lot_id);

-- What of each lot is held for a buyer.
create table lot_reservation (
    reservation_id uuid   not null references stock_reservation (id),
    lot_id         uuid   not null references lot (id),
    grams          bigint not null check (grams > 0),
    primary key (reservation_id, lot_id)
);
create index lot_reservation_lot_id_idx on lot_reservation (lot_id);

-- Documents of events that others hand in.
create table epcis_capture (
    id              uuid             not null primary key,
    organization_id uuid             not null references organization (id),
    requested_by    uuid             references user_account (id),
    -- Whether one wrong event refuses them all.
    error_behaviour text             not null check (error_behaviour in ('rollback', 'proceed')),
    -- The document, until it is worked through.
    document        text,
    events          bigint           not null check (events >= 0),
    captured        bigint           not null check (captured >= 0),
    success         boolean,
    errors          jsonb            not null,
    created_at      timestamptz      not null,
    finished_at     timestamptz
);
create index epcis_capture_requested_by_idx on epcis_capture (requested_by) where requested_by is not null;
create index epcis_capture_organization_id_idx on epcis_capture (organization_id, created_at, id);
"#;
