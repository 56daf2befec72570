//! Made-up procurement: requests with their bids and awards, and contracts with all that follows, written as rows.
//!
//! What is sealed, scored and told to people is not made up. Statuses are those that the bidders' declarations give.

mod contracting;
mod requesting;
mod wordings;

use chrono::{NaiveDate, TimeDelta};
use entity::{
    award, bid, bid_lot, bid_partner, complaint, contract, contract_delivery, contract_line, contract_signature,
    contract_supplier, contract_version, frozen_status, gender_measure, invoice, invoice_line, payment,
    procurement_event, procurement_process, procurement_request, request_criterion, request_invitation, request_lot,
    request_version,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Iterable, sea_query::OnConflict};
use uuid::Uuid;

use crate::{
    demo::seed::{
        dice::Dice,
        market::{Market, Parties, Party, id, moment},
    },
    kernel::{
        clock::Timestamp,
        db::{DbErr, WriteTx},
        id::encode,
        rounding::priced,
    },
};

const PURCHASE: u64 = 4;

/// How many parameters one statement has at most: SQLite takes 32,766.
const PARAMETERS_MAX: usize = 30_000;

/// Days over which purchases begin.
const SPREAD_DAYS: i64 = 480;

/// Rows of purchases, table by table.
#[derive(Default)]
pub(in crate::demo::seed) struct Purchases {
    processes: Vec<procurement_process::Model>,
    events: Vec<procurement_event::Model>,
    requests: Vec<procurement_request::Model>,
    versions: Vec<request_version::Model>,
    lots: Vec<request_lot::Model>,
    criteria: Vec<request_criterion::Model>,
    measures: Vec<gender_measure::Model>,
    invitations: Vec<request_invitation::Model>,
    bids: Vec<bid::Model>,
    bid_lots: Vec<bid_lot::Model>,
    partners: Vec<bid_partner::Model>,
    statuses: Vec<frozen_status::Model>,
    awards: Vec<award::Model>,
    complaints: Vec<complaint::Model>,
    contracts: Vec<contract::Model>,
    suppliers: Vec<contract_supplier::Model>,
    contract_versions: Vec<contract_version::Model>,
    signatures: Vec<contract_signature::Model>,
    lines: Vec<contract_line::Model>,
    deliveries: Vec<contract_delivery::Model>,
    invoices: Vec<invoice::Model>,
    invoice_lines: Vec<invoice_line::Model>,
    payments: Vec<payment::Model>,
}

/// What purchases are made up from.
pub(in crate::demo::seed) struct Purchasing<'m> {
    pub(in crate::demo::seed) market: &'m Market<'m>,
    pub(in crate::demo::seed) parties: Parties,
    pub(in crate::demo::seed) ocds_prefix: &'m str,
    pub(in crate::demo::seed) seed: u64,
    /// In whose name all was done.
    pub(in crate::demo::seed) by: Uuid,
}

/// What is to be contracted: what an award or an order says.
struct Agreed<'p> {
    process: Uuid,
    buyer: Uuid,
    award: Option<Uuid>,
    listing: Option<Uuid>,
    request_lot: Option<Uuid>,
    title: String,
    currency: &'static str,
    product: String,
    unit: String,
    grams: Option<i64>,
    quantity: i64,
    unit_price: i64,
    place: Option<String>,
    deliver_until: Option<NaiveDate>,
    /// Who delivers, with shares; the first leads.
    suppliers: Vec<(&'p Party, i64)>,
    /// From when on it can be signed.
    from: Timestamp,
}

impl Purchasing<'_> {
    /// Adds the purchase with a number, which comes to one contract. Nothing where nobody buys or sells.
    pub(in crate::demo::seed) fn purchase(&self, index: u64, rows: &mut Purchases) -> Option<()> {
        let mut dice = Dice::of(self.seed, PURCHASE, index);
        let began = moment(0)
            + TimeDelta::days(60 + dice.between(0, SPREAD_DAYS))
            + TimeDelta::seconds(dice.between(0, 40_000));
        let buyer = *dice.pick(&self.parties.buyers)?;
        let order = if dice.percent(10) { self.market.ordered(&mut dice) } else { None };
        let (process, agreed, tags) = if let Some(listing) = order {
            let seller = self.parties.sellers.iter().find(|one| one.id == listing.organization)?;
            let process = id(began, &mut dice);
            let quantity = (listing.quantity / 10 / 1_000 * 1_000).max(1_000);
            let whole = listing.quantity.max(1);
            let grams = listing.quantity_grams.map(|all| i128::from(all) * i128::from(quantity) / i128::from(whole));
            let agreed = Agreed {
                process,
                buyer,
                award: None,
                listing: Some(listing.id),
                request_lot: None,
                title: listing.title,
                currency: "XOF",
                product: listing.product,
                unit: listing.quantity_unit,
                grams: grams.and_then(|grams| i64::try_from(grams).ok()).filter(|grams| *grams > 0),
                quantity,
                unit_price: listing.price_minor,
                place: self.market.destination(&mut dice),
                deliver_until: Some((began + TimeDelta::days(dice.between(10, 40))).date_naive()),
                suppliers: vec![(seller, 100_000)],
                from: began,
            };
            rows.processes.push(self.process(process, "DIRECT_ORDER", buyer, began));
            self.freeze(rows, "AWARD", process, &agreed.suppliers, began);
            (process, agreed, Vec::new())
        } else {
            requesting::make(self, rows, buyer, began, &mut dice)?
        };
        let mut tags = tags;
        contracting::make(self, rows, agreed, &mut tags, &mut dice)?;
        tags.sort_by_key(|(_, at)| *at);
        if let Some(last) = rows.processes.last_mut() {
            last.events = i64::try_from(tags.len()).unwrap_or(0);
        }
        rows.events.extend(tags.into_iter().zip(1..).map(|((tag, at), sequence)| procurement_event::Model {
            process_id: process,
            sequence,
            tag: tag.to_owned(),
            at,
        }));
        Some(())
    }

    fn process(&self, id: Uuid, kind: &str, buyer: Uuid, at: Timestamp) -> procurement_process::Model {
        procurement_process::Model {
            id,
            kind: kind.to_owned(),
            buyer_id: buyer,
            ocid: encode(self.ocds_prefix, id).replace('_', "-"),
            events: 0,
            released: 0,
            created_at: at,
        }
    }

    fn freeze(&self, rows: &mut Purchases, of: &str, subject: Uuid, parties: &[(&Party, i64)], at: Timestamp) {
        for (party, _) in parties {
            rows.statuses.extend(party.held.iter().map(|held| frozen_status::Model {
                subject_kind: of.to_owned(),
                subject_id: subject,
                organization_id: party.id,
                definition: held.definition.as_str().to_owned(),
                status: held.status.as_str().to_owned(),
                evidence_level: held.level.map(|level| level.as_str().to_owned()),
                evidence_until: held.until,
                assessed_on: at.date_naive(),
            }));
        }
    }
}

/// Price times quantity, at least one minor unit: nothing is bought for nothing.
fn amount(price: i64, quantity: i64) -> i64 {
    priced(price, quantity).unwrap_or(i64::MAX).max(1)
}

/// Writes rows of one table in as many statements as their parameters need; what is there already stays.
async fn write<E>(tx: &WriteTx, rows: Vec<E::Model>) -> Result<u64, DbErr>
where
    E: EntityTrait,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let at_once = PARAMETERS_MAX / E::Column::iter().count().max(1);
    let mut written = 0;
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model).peekable();
    while rows.peek().is_some() {
        let some: Vec<E::ActiveModel> = rows.by_ref().take(at_once).collect();
        let keep = OnConflict::new().do_nothing().to_owned();
        written += E::insert_many(some).on_conflict(keep).exec_without_returning(&**tx).await?;
    }
    Ok(written)
}

/// Writes purchases and gives the number of contracts.
pub(in crate::demo::seed) async fn insert(tx: &WriteTx, made: Purchases) -> Result<u64, DbErr> {
    write::<procurement_process::Entity>(tx, made.processes).await?;
    write::<procurement_event::Entity>(tx, made.events).await?;
    write::<procurement_request::Entity>(tx, made.requests).await?;
    write::<request_version::Entity>(tx, made.versions).await?;
    write::<request_lot::Entity>(tx, made.lots).await?;
    write::<request_criterion::Entity>(tx, made.criteria).await?;
    write::<gender_measure::Entity>(tx, made.measures).await?;
    write::<request_invitation::Entity>(tx, made.invitations).await?;
    write::<bid::Entity>(tx, made.bids).await?;
    write::<bid_lot::Entity>(tx, made.bid_lots).await?;
    write::<bid_partner::Entity>(tx, made.partners).await?;
    write::<frozen_status::Entity>(tx, made.statuses).await?;
    write::<award::Entity>(tx, made.awards).await?;
    write::<complaint::Entity>(tx, made.complaints).await?;
    let contracts = write::<contract::Entity>(tx, made.contracts).await?;
    write::<contract_supplier::Entity>(tx, made.suppliers).await?;
    write::<contract_version::Entity>(tx, made.contract_versions).await?;
    write::<contract_signature::Entity>(tx, made.signatures).await?;
    write::<contract_line::Entity>(tx, made.lines).await?;
    write::<contract_delivery::Entity>(tx, made.deliveries).await?;
    write::<invoice::Entity>(tx, made.invoices).await?;
    write::<invoice_line::Entity>(tx, made.invoice_lines).await?;
    write::<payment::Entity>(tx, made.payments).await?;
    Ok(contracts)
}
