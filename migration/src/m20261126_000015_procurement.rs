//! procurement and contracts: from the request to the last payment, and what is published of it.

use crate::ddl::Change;

pub(crate) const CHANGE: Change = Change {
    module: module_path!(),
    sql: UP,
    append_only: &[
        "procurement_event",
        "request_version",
        "frozen_status",
        "contract_version",
        "contract_signature",
        "ocds_release",
    ],
};

const UP: &str = r#"
-- What one is bought by, from the plan to the last payment: a request with all that follows, or an order from a listing.
create table procurement_process (
    -- The request's id, or the contract's where there was no request.
    id         uuid             not null primary key,
    kind       text             not null check (kind in ('REQUEST', 'DIRECT_ORDER')),
    -- Who buys.
    buyer_id   uuid             not null references organization (id),
    -- By which the process is known in open contracting data: OCDS 1.1.5, ocid.
    ocid       text collate "C" not null unique,
    -- Events of it so far.
    events     bigint           not null check (events >= 0),
    -- Events of it that were published.
    released   bigint           not null check (released >= 0),
    created_at timestamptz      not null,
    constraint procurement_process_released_within check (released <= events)
);
create index procurement_process_buyer_id_idx on procurement_process (buyer_id, id);
create index procurement_process_unreleased_idx on procurement_process (id) where released < events;

-- What happened that is to be published; one release each.
create table procurement_event (
    process_id uuid        not null references procurement_process (id),
    -- Counts the events of the process, from 1.
    sequence   bigint      not null check (sequence >= 1),
    -- OCDS 1.1.5, codelist releaseTag.
    tag        text        not null check (tag in ('planning', 'tender', 'tenderAmendment', 'tenderUpdate', 'tenderCancellation', 'award',
                               'awardUpdate', 'awardCancellation', 'contract', 'contractUpdate', 'contractAmendment', 'implementation',
                               'implementationUpdate', 'contractTermination')),
    at         timestamptz not null,
    primary key (process_id, sequence)
);

-- What was published of it.
create table ocds_release (
    process_id   uuid             not null references procurement_process (id),
    -- The event's.
    sequence     bigint           not null check (sequence >= 1),
    tag          text             not null,
    -- When what it tells of happened.
    dated_at     timestamptz      not null,
    published_at timestamptz      not null,
    -- The release, OCDS 1.1.5 in JSON.
    body         text             not null,
    primary key (process_id, sequence)
);
create index ocds_release_published_at_idx on ocds_release (published_at, process_id, sequence);

-- What a buyer asks for.
create table procurement_request (
    id                 uuid             not null primary key references procurement_process (id),
    buyer_id           uuid             not null references organization (id),
    title              text             not null,
    title_folded       text collate "C" not null,
    description        text,
    -- Of title and description.
    language           text collate "C" not null,
    method             text             not null check (method in ('OPEN', 'SELECTIVE', 'LIMITED', 'DIRECT')),
    -- Why it is not open.
    method_rationale   text,
    -- CLOSED is derived: the deadline has passed, or closed_at says so.
    status             text             not null check (status in ('DRAFT', 'PUBLISHED', 'OPENED', 'EVALUATING', 'AWARDING', 'COMPLETE',
                                                                   'CANCELLED', 'UNSUCCESSFUL')),
    -- In which all amounts of it stand.
    currency           text collate "C" not null,
    budget_minor       bigint           check (budget_minor > 0),
    -- Until when questions may be asked.
    enquiry_deadline   timestamptz,
    -- The first instant at which no bid is taken any more.
    bid_deadline       timestamptz      not null,
    -- Days between an award and what it takes force by.
    standstill_days    bigint           not null check (standstill_days between 0 and 90),
    -- So many different people score each bid.
    minimum_evaluators bigint           not null check (minimum_evaluators between 1 and 20),
    -- Thousandths of the price, a day of lateness; and in all.
    penalty_permille_a_day bigint       not null check (penalty_permille_a_day between 0 and 100),
    penalty_permille_max   bigint       not null check (penalty_permille_max between 0 and 1000),
    -- Days in which an approved invoice is paid.
    payment_days       bigint           not null check (payment_days between 1 and 180),
    -- Thousandths of a percent that a delivery may exceed what was ordered by.
    over_delivery_limit bigint          not null check (over_delivery_limit between 0 and 100000),
    published_at       timestamptz,
    -- When the deadline was seen to have passed. From then on no bid is taken, whatever a clock says.
    closed_at          timestamptz,
    opened_at          timestamptz,
    opened_by          uuid             references user_account (id),
    ended_at           timestamptz,
    -- Why it was cancelled, or led to nothing.
    ended_reason       text,
    created_by         uuid             references user_account (id),
    created_at         timestamptz      not null,
    updated_at         timestamptz      not null,
    version            bigint           not null check (version >= 1),
    constraint procurement_request_published check ((status = 'DRAFT') = (published_at is null) or status = 'CANCELLED'),
    constraint procurement_request_opened check (opened_at is null or closed_at is not null)
);
create index procurement_request_buyer_id_idx on procurement_request (buyer_id, created_at, id);
create index procurement_request_deadline_idx on procurement_request (bid_deadline, id) where status = 'PUBLISHED';
create index procurement_request_status_idx on procurement_request (status, bid_deadline, id);
create index procurement_request_published_at_idx on procurement_request (published_at, id) where published_at is not null;
create index procurement_request_opened_by_idx on procurement_request (opened_by) where opened_by is not null;
create index procurement_request_created_by_idx on procurement_request (created_by) where created_by is not null;

-- Each wording of a request, from its publication on.
create table request_version (
    request_id uuid        not null references procurement_request (id),
    version    bigint      not null check (version >= 1),
    -- All its terms as they then were.
    terms      jsonb       not null,
    -- Why it was amended.
    rationale  text,
    created_by uuid,
    created_at timestamptz not null,
    primary key (request_id, version)
);

-- What is asked for in one piece: it is bid on and awarded by itself.
create table request_lot (
    id                   uuid             not null primary key,
    request_id           uuid             not null references procurement_request (id),
    position             bigint           not null check (position >= 0),
    title                text             not null,
    -- CANCELLED by an amendment, UNSUCCESSFUL where nothing was awarded, COMPLETE where it was.
    status               text             not null check (status in ('ACTIVE', 'CANCELLED', 'UNSUCCESSFUL', 'COMPLETE')),
    product_code         text collate "C" not null,
    -- Thousandths of the unit.
    quantity             bigint           not null check (quantity > 0),
    unit                 text collate "C" not null,
    -- What it weighs by the catalogue's conversion, where there is one.
    grams                bigint           check (grams > 0),
    -- Where it is to be delivered.
    place_code           text collate "C",
    delivery_from        date,
    delivery_until       date,
    -- An array of codes of schemes, each of which the bidder must hold for the product.
    required_schemes     jsonb            not null,
    -- An array of {attribute, minimum, maximum}: as the catalogue's quality attributes.
    quality              jsonb            not null,
    estimated_minor      bigint           check (estimated_minor > 0),
    constraint request_lot_delivery_in_order check (delivery_from <= delivery_until)
);
create index request_lot_request_id_idx on request_lot (request_id, position);
create index request_lot_product_code_idx on request_lot (product_code, request_id);

-- What bids are judged by.
create table request_criterion (
    id          uuid   not null primary key,
    request_id  uuid   not null references procurement_request (id),
    position    bigint not null check (position >= 0),
    name        text   not null,
    -- PRICE and WOMEN_STATUS follow from what is known; the others are scored by people.
    kind        text   not null check (kind in ('PRICE', 'QUALITY', 'DELIVERY', 'EXPERIENCE', 'SUSTAINABILITY', 'WOMEN_STATUS', 'OTHER')),
    -- Thousandths of a percent; all of a request are 100000 together.
    weight      bigint not null check (weight between 1 and 100000)
);
create index request_criterion_request_id_idx on request_criterion (request_id, position);

-- What a request does for women.
create table gender_measure (
    id                uuid   not null primary key,
    request_id        uuid   not null references procurement_request (id),
    -- Null where it is about all lots.
    request_lot_id    uuid   references request_lot (id),
    kind              text   not null check (kind in ('RESERVED_PARTICIPATION', 'MARGIN_OF_PREFERENCE', 'AWARD_CRITERION', 'LOT_SIZING', 'TARGET')),
    -- By which definition of women's ownership.
    definition        text   not null,
    at_least_evidence text   not null,
    -- Thousandths of a percent: the margin, or the target.
    percent           bigint check (percent between 0 and 100000),
    -- By which rule or decision.
    source            text
);
create index gender_measure_request_id_idx on gender_measure (request_id);
create index gender_measure_request_lot_id_idx on gender_measure (request_lot_id) where request_lot_id is not null;

-- Who was asked to bid, where not everybody may.
create table request_invitation (
    request_id      uuid        not null references procurement_request (id),
    organization_id uuid        not null references organization (id),
    invited_at      timestamptz not null,
    primary key (request_id, organization_id)
);
create index request_invitation_organization_id_idx on request_invitation (organization_id, request_id);

-- What was asked about a request, and what was answered.
create table request_question (
    id              uuid        not null primary key,
    request_id      uuid        not null references procurement_request (id),
    -- Who asks; shown to nobody else before the request is closed.
    organization_id uuid        not null references organization (id),
    asked_by        uuid        references user_account (id),
    question        text        not null,
    asked_at        timestamptz not null,
    answer          text,
    answered_by     uuid        references user_account (id),
    answered_at     timestamptz,
    constraint request_question_answered check ((answer is null) = (answered_at is null))
);
create index request_question_request_id_idx on request_question (request_id, asked_at, id);
create index request_question_organization_id_idx on request_question (organization_id);
create index request_question_asked_by_idx on request_question (asked_by) where asked_by is not null;
create index request_question_answered_by_idx on request_question (answered_by) where answered_by is not null;

-- An offer for lots of a request. Until it is opened, nothing of it can be read here: neither what is offered nor by whom.
create table bid (
    id                  uuid        not null primary key,
    request_id          uuid        not null references procurement_request (id),
    -- A keyed digest of request and bidder: tells a bidder her own bid, and nobody else whose it is.
    bidder_tag          bytea       not null,
    -- NEEDS_RECONFIRM and LAPSED are derived from request_version.
    status              text        not null check (status in ('SEALED', 'WITHDRAWN', 'LAPSED', 'OPENED', 'VALID', 'DISQUALIFIED')),
    -- Which wording of the request it answers.
    request_version     bigint      not null check (request_version >= 1),
    -- Its content, encrypted and padded; null once it was withdrawn.
    sealed              bytea,
    -- The content's key, wrapped for the opening.
    key_for_opening     bytea,
    -- The content's key, wrapped for the bidder.
    key_for_bidder      bytea,
    -- SHA-256 of the content with its salt: what the bidder's receipt says.
    receipt             bytea       not null,
    sealed_at           timestamptz not null,
    withdrawn_at        timestamptz,
    -- What follows is known from the opening on.
    opened_at           timestamptz,
    bidder_id           uuid        references organization (id),
    submitted_by        uuid        references user_account (id),
    -- The content as it was sealed, by which the receipt can be proved.
    content             text,
    -- Of all lots, in the request's currency.
    amount_minor        bigint      check (amount_minor > 0),
    disqualified_reason text        check (disqualified_reason in ('NOT_RESPONSIVE', 'NOT_ELIGIBLE', 'CERTIFICATE_MISSING', 'WOMEN_STATUS_MISSING',
                                           'QUALITY_INSUFFICIENT', 'ABNORMALLY_LOW', 'COLLUSION', 'OTHER')),
    disqualified_note   text,
    version             bigint      not null check (version >= 1),
    constraint bid_opened check ((status in ('OPENED', 'VALID', 'DISQUALIFIED')) = (opened_at is not null)),
    constraint bid_unsealed check (opened_at is null or (bidder_id is not null and content is not null)),
    constraint bid_sealed check (status <> 'SEALED' or (bidder_id is null and content is null and sealed is not null)),
    constraint bid_disqualified check ((status = 'DISQUALIFIED') = (disqualified_reason is not null))
);
create unique index bid_one_sealed on bid (request_id, bidder_tag) where status = 'SEALED';
create index bid_request_id_idx on bid (request_id, id);
create index bid_bidder_tag_idx on bid (bidder_tag);
create index bid_bidder_id_idx on bid (bidder_id, opened_at, id) where bidder_id is not null;
create index bid_submitted_by_idx on bid (submitted_by) where submitted_by is not null;

-- What an opened bid offers for a lot.
create table bid_lot (
    bid_id         uuid   not null references bid (id),
    request_lot_id uuid   not null references request_lot (id),
    -- Minor units a whole unit of the lot.
    unit_price_minor bigint not null check (unit_price_minor > 0),
    -- Thousandths of the lot's unit.
    quantity       bigint not null check (quantity > 0),
    -- Price times quantity, rounded half to even, once.
    amount_minor   bigint not null check (amount_minor > 0),
    primary key (bid_id, request_lot_id)
);
create index bid_lot_request_lot_id_idx on bid_lot (request_lot_id, bid_id);

-- Who an opened bid is from: one organization, or several with their shares.
create table bid_partner (
    bid_id          uuid    not null references bid (id),
    organization_id uuid    not null references organization (id),
    -- Thousandths of a percent; all of a bid are 100000 together.
    share           bigint  not null check (share between 1 and 100000),
    is_lead         boolean not null,
    primary key (bid_id, organization_id)
);
create index bid_partner_organization_id_idx on bid_partner (organization_id, bid_id);

-- What women's status an organization had where a bid or an award relied on it. Never assessed again.
create table frozen_status (
    subject_kind    text   not null check (subject_kind in ('BID', 'AWARD')),
    -- The bid or the award; a direct order's contract stands as its award.
    subject_id      uuid   not null,
    organization_id uuid   not null references organization (id),
    definition      text   not null,
    status          text   not null check (status in ('YES', 'NO', 'UNKNOWN')),
    evidence_level  text,
    -- The last day on which the evidence behind it holds, where it has one.
    evidence_until  date,
    assessed_on     date   not null,
    primary key (subject_id, organization_id, definition)
);
create index frozen_status_organization_id_idx on frozen_status (organization_id);
create index frozen_status_definition_idx on frozen_status (definition, subject_kind, subject_id);

-- Who evaluates bids, and whether she has a conflict of interest.
create table conflict_declaration (
    request_id   uuid        not null references procurement_request (id),
    user_id      uuid        not null references user_account (id),
    has_conflict boolean     not null,
    statement    text,
    declared_at  timestamptz not null,
    primary key (request_id, user_id)
);
create index conflict_declaration_user_id_idx on conflict_declaration (user_id);

-- How an evaluator scored a bid by a criterion.
create table bid_score (
    bid_id       uuid        not null references bid (id),
    criterion_id uuid        not null references request_criterion (id),
    evaluator_id uuid        not null references user_account (id),
    -- Thousandths of a point, of 100 points.
    points       bigint      not null check (points between 0 and 100000),
    comment      text,
    scored_at    timestamptz not null,
    primary key (bid_id, criterion_id, evaluator_id)
);
create index bid_score_criterion_id_idx on bid_score (criterion_id);
create index bid_score_evaluator_id_idx on bid_score (evaluator_id);

-- A lot given to a bid.
create table award (
    id               uuid             not null primary key,
    request_id       uuid             not null references procurement_request (id),
    request_lot_id   uuid             not null references request_lot (id),
    bid_id           uuid             not null references bid (id),
    -- PENDING until the standstill is over and no complaint is open; CANCELLED by the buyer or a complaint, DECLINED by the bidder.
    status           text             not null check (status in ('PENDING', 'ACTIVE', 'CANCELLED', 'DECLINED')),
    amount_minor     bigint           not null check (amount_minor > 0),
    currency         text collate "C" not null,
    -- The bid's place among those for the lot, from 1.
    rank             bigint           not null check (rank >= 1),
    -- Thousandths of a point, of 100 points.
    points           bigint           not null check (points between 0 and 100000),
    -- How bids were compared: an array of {bid, rank, points, compared amount, preference}.
    comparison       jsonb            not null,
    rationale        text,
    standstill_until timestamptz      not null,
    awarded_by       uuid             references user_account (id),
    awarded_at       timestamptz      not null,
    activated_at     timestamptz,
    ended_at         timestamptz,
    ended_reason     text,
    version          bigint           not null check (version >= 1),
    constraint award_activated check ((status = 'ACTIVE') = (activated_at is not null and ended_at is null))
);
create unique index award_one_a_lot on award (request_lot_id) where status in ('PENDING', 'ACTIVE');
create index award_request_id_idx on award (request_id, awarded_at, id);
create index award_request_lot_id_idx on award (request_lot_id);
create index award_bid_id_idx on award (bid_id);
create index award_awarded_by_idx on award (awarded_by) where awarded_by is not null;
create index award_activated_at_idx on award (activated_at, id) where activated_at is not null;

-- An appeal against what a buyer decided: to the buyer first, then to the review body.
create table complaint (
    id              uuid        not null primary key,
    request_id      uuid        not null references procurement_request (id),
    award_id        uuid        references award (id),
    organization_id uuid        not null references organization (id),
    level           text        not null check (level in ('GRACIOUS', 'REVIEW')),
    -- The gracious appeal before a review.
    previous_id     uuid        references complaint (id),
    status          text        not null check (status in ('OPEN', 'UPHELD', 'REJECTED', 'INADMISSIBLE', 'WITHDRAWN')),
    grounds         text        not null,
    filed_by        uuid        references user_account (id),
    filed_at        timestamptz not null,
    decision        text,
    decided_by      uuid        references user_account (id),
    decided_at      timestamptz,
    version         bigint      not null check (version >= 1),
    constraint complaint_decided check ((status = 'OPEN') = (decided_at is null))
);
create index complaint_request_id_idx on complaint (request_id, filed_at, id);
create index complaint_award_id_idx on complaint (award_id) where award_id is not null;
create index complaint_organization_id_idx on complaint (organization_id);
create index complaint_previous_id_idx on complaint (previous_id) where previous_id is not null;
create index complaint_filed_by_idx on complaint (filed_by) where filed_by is not null;
create index complaint_decided_by_idx on complaint (decided_by) where decided_by is not null;

-- What buyer and suppliers agreed on.
create table contract (
    id                  uuid             not null primary key,
    process_id          uuid             not null references procurement_process (id),
    -- What it follows from: an award, or a listing that was ordered from.
    award_id            uuid             unique references award (id),
    listing_id          uuid             references listing (id),
    -- What of the listing is held for it.
    reservation_id      uuid             unique references stock_reservation (id),
    buyer_id            uuid             not null references organization (id),
    -- Who leads the suppliers, and delivers and bills for them.
    supplier_id         uuid             not null references organization (id),
    title               text             not null,
    -- PENDING until all have signed.
    status              text             not null check (status in ('PENDING', 'ACTIVE', 'COMPLETE', 'TERMINATED', 'CANCELLED')),
    currency            text collate "C" not null,
    -- As it is in force now, and as it was signed first.
    amount_minor        bigint           not null check (amount_minor > 0),
    signed_amount_minor bigint           not null check (signed_amount_minor > 0),
    penalty_permille_a_day bigint        not null check (penalty_permille_a_day between 0 and 100),
    penalty_permille_max   bigint        not null check (penalty_permille_max between 0 and 1000),
    payment_days        bigint           not null check (payment_days between 1 and 180),
    over_delivery_limit bigint           not null check (over_delivery_limit between 0 and 100000),
    -- Thousandths of what is paid before so many days after approval that are taken off; none where it is 0.
    early_payment_permille bigint        not null check (early_payment_permille between 0 and 200),
    early_payment_days  bigint           not null check (early_payment_days between 0 and 180),
    -- The wording in force, and the last one proposed.
    version_in_force    bigint           not null check (version_in_force >= 0),
    version             bigint           not null check (version >= 1),
    signed_at           timestamptz,
    ended_at            timestamptz,
    ended_reason        text,
    created_at          timestamptz      not null,
    updated_at          timestamptz      not null,
    constraint contract_source check ((award_id is null) <> (listing_id is null)),
    constraint contract_signed check (signed_at is not null or status in ('PENDING', 'CANCELLED'))
);
create index contract_process_id_idx on contract (process_id);
create index contract_buyer_id_idx on contract (buyer_id, created_at, id);
create index contract_supplier_id_idx on contract (supplier_id, created_at, id);
create index contract_listing_id_idx on contract (listing_id) where listing_id is not null;
create index contract_signed_at_idx on contract (signed_at, id) where signed_at is not null;

-- The suppliers, with their shares of what is paid.
create table contract_supplier (
    contract_id     uuid   not null references contract (id),
    organization_id uuid   not null references organization (id),
    -- Thousandths of a percent; all of a contract are 100000 together.
    share           bigint not null check (share between 1 and 100000),
    primary key (contract_id, organization_id)
);
create index contract_supplier_organization_id_idx on contract_supplier (organization_id, contract_id);

-- Each wording of a contract: proposed by one side, in force once all have signed.
create table contract_version (
    contract_id     uuid        not null references contract (id),
    version         bigint      not null check (version >= 1),
    -- All its terms.
    terms           jsonb       not null,
    rationale       text,
    proposed_for    uuid        references organization (id),
    proposed_by     uuid,
    proposed_at     timestamptz not null,
    primary key (contract_id, version)
);
create index contract_version_proposed_for_idx on contract_version (proposed_for) where proposed_for is not null;

-- Who signed which wording.
create table contract_signature (
    contract_id     uuid        not null references contract (id),
    version         bigint      not null check (version >= 1),
    organization_id uuid        not null references organization (id),
    signed_by       uuid,
    signed_at       timestamptz not null,
    primary key (contract_id, version, organization_id)
);
create index contract_signature_organization_id_idx on contract_signature (organization_id);

-- What is to be delivered at which price, as it is in force.
create table contract_line (
    id               uuid             not null primary key,
    contract_id      uuid             not null references contract (id),
    position         bigint           not null check (position >= 0),
    request_lot_id   uuid             references request_lot (id),
    title            text             not null,
    product_code     text collate "C" not null,
    -- Thousandths of the unit.
    quantity         bigint           not null check (quantity > 0),
    unit             text collate "C" not null,
    grams            bigint           check (grams > 0),
    -- Minor units a whole unit.
    unit_price_minor bigint           not null check (unit_price_minor > 0),
    amount_minor     bigint           not null check (amount_minor > 0),
    place_code       text collate "C",
    deliver_from     date,
    deliver_until    date,
    -- Accepted and billed so far, in thousandths of the unit.
    accepted         bigint           not null check (accepted >= 0),
    billed           bigint           not null,
    constraint contract_line_billed_within check (billed between 0 and accepted)
);
create index contract_line_contract_id_idx on contract_line (contract_id, position);
create index contract_line_request_lot_id_idx on contract_line (request_lot_id) where request_lot_id is not null;
create index contract_line_product_code_idx on contract_line (product_code);

-- One delivery of a line, from the plan to its acceptance.
create table contract_delivery (
    id               uuid        not null primary key,
    contract_id      uuid        not null references contract (id),
    contract_line_id uuid        not null references contract_line (id),
    status           text        not null check (status in ('SCHEDULED', 'DISPATCHED', 'RECEIVED', 'ACCEPTED', 'PARTIALLY_ACCEPTED', 'REJECTED',
                                                            'CANCELLED')),
    -- Thousandths of the line's unit.
    quantity         bigint      not null check (quantity > 0),
    dispatched       bigint      check (dispatched > 0),
    received         bigint      check (received >= 0),
    accepted         bigint      check (accepted >= 0),
    due_on           date        not null,
    dispatched_at    timestamptz,
    received_at      timestamptz,
    accepted_at      timestamptz,
    -- Why not all of it was accepted.
    reason           text,
    created_at       timestamptz not null,
    version          bigint      not null check (version >= 1),
    constraint contract_delivery_accepted_within check (accepted is null or accepted <= received)
);
create index contract_delivery_contract_id_idx on contract_delivery (contract_id, due_on, id);
create index contract_delivery_contract_line_id_idx on contract_delivery (contract_line_id);

-- Which lots were delivered.
create table contract_delivery_lot (
    delivery_id uuid   not null references contract_delivery (id),
    lot_id      uuid   not null references lot (id),
    grams       bigint not null check (grams > 0),
    primary key (delivery_id, lot_id)
);
create index contract_delivery_lot_lot_id_idx on contract_delivery_lot (lot_id);

-- What suppliers ask to be paid for what was accepted.
create table invoice (
    id             uuid             not null primary key,
    contract_id    uuid             not null references contract (id),
    supplier_id    uuid             not null references organization (id),
    -- The supplier's own.
    number         text             not null,
    status         text             not null check (status in ('SUBMITTED', 'APPROVED', 'REJECTED', 'PAID')),
    currency       text collate "C" not null,
    -- What the lines come to; what lateness takes off; what is to be paid.
    gross_minor    bigint           not null check (gross_minor > 0),
    penalty_minor  bigint           not null check (penalty_minor >= 0),
    net_minor      bigint           not null check (net_minor >= 0),
    -- What early payment took off, once it was paid early.
    discount_minor bigint           not null check (discount_minor >= 0),
    -- Paid so far, confirmed or not; never more than is to be paid.
    paid_minor     bigint           not null,
    submitted_by   uuid             references user_account (id),
    submitted_at   timestamptz      not null,
    decided_by     uuid             references user_account (id),
    decided_at     timestamptz,
    reason         text,
    -- The last day on which payment is in time: from the later of its submission and the acceptance of what it bills.
    due_on         date             not null,
    -- When the last of what it bills was accepted.
    accepted_at    timestamptz      not null,
    -- When all of it was paid.
    paid_on        date,
    version        bigint           not null check (version >= 1),
    constraint invoice_number_key unique (contract_id, number),
    constraint invoice_net check (net_minor = gross_minor - penalty_minor),
    constraint invoice_paid_within check (paid_minor between 0 and net_minor - discount_minor)
);
create index invoice_contract_id_idx on invoice (contract_id, submitted_at, id);
create index invoice_supplier_id_idx on invoice (supplier_id, submitted_at, id);
create index invoice_due_on_idx on invoice (due_on, id) where status in ('SUBMITTED', 'APPROVED');
create index invoice_submitted_by_idx on invoice (submitted_by) where submitted_by is not null;
create index invoice_decided_by_idx on invoice (decided_by) where decided_by is not null;

-- What an invoice bills: some of what was accepted of a line.
create table invoice_line (
    invoice_id       uuid   not null references invoice (id),
    contract_line_id uuid   not null references contract_line (id),
    -- Thousandths of the line's unit.
    quantity         bigint not null check (quantity > 0),
    amount_minor     bigint not null check (amount_minor > 0),
    primary key (invoice_id, contract_line_id)
);
create index invoice_line_contract_line_id_idx on invoice_line (contract_line_id);

-- What was paid on an invoice, to one of the suppliers.
create table payment (
    id           uuid             not null primary key,
    invoice_id   uuid             not null references invoice (id),
    payee_id     uuid             not null references organization (id),
    -- RECORDED by the buyer, CONFIRMED by the payee, or DISPUTED by her.
    status       text             not null check (status in ('RECORDED', 'CONFIRMED', 'DISPUTED')),
    minor        bigint           not null check (minor > 0),
    currency     text collate "C" not null,
    paid_on      date             not null,
    -- The bank's or the operator's; once an invoice.
    reference    text             not null,
    recorded_by  uuid             references user_account (id),
    recorded_at  timestamptz      not null,
    answered_by  uuid             references user_account (id),
    answered_at  timestamptz,
    note         text,
    version      bigint           not null check (version >= 1),
    constraint payment_reference_key unique (invoice_id, reference)
);
create index payment_payee_id_idx on payment (payee_id, paid_on, id);
create index payment_paid_on_idx on payment (paid_on, id);
create index payment_recorded_by_idx on payment (recorded_by) where recorded_by is not null;
create index payment_answered_by_idx on payment (answered_by) where answered_by is not null;
"#;
