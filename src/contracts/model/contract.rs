//! A contract as it stands, with its lines and its suppliers.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    ids::{ContractId, ContractLineId},
    states::ContractStatus,
    terms::Terms,
};
use crate::{
    accounts::OrganizationId,
    catalog::{ListingId, ReservationId},
    kernel::{clock::Timestamp, money::Currency, quantity::Quantity, rounding::priced},
    procurement::{AwardId, RequestLotId},
};

/// What buyer and suppliers agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// The contract.
    pub id: ContractId,
    /// The process that it belongs to: the request's, or its own.
    pub process: Uuid,
    /// What the process is called in open contracting data.
    pub ocid: String,
    /// The award that it follows from.
    pub award: Option<AwardId>,
    /// The listing that was ordered from.
    pub listing: Option<ListingId>,
    /// What of the listing is held for it.
    pub reservation: Option<ReservationId>,
    /// Who buys.
    pub buyer: OrganizationId,
    /// Who leads the suppliers.
    pub supplier: OrganizationId,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub status: ContractStatus,
    /// In which all its amounts stand.
    pub currency: Currency,
    /// What its lines come to as they are in force, in minor units.
    pub amount_minor: i64,
    /// What they came to when it was signed first.
    pub signed_amount_minor: i64,
    /// The terms in force.
    pub terms: Terms,
    /// The wording in force; 0 while there is none.
    pub version_in_force: i64,
    /// The last wording that was proposed.
    pub version: i64,
    /// When all had signed first.
    pub signed_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended before it was carried out.
    pub ended_reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Contract {
    /// The wording that waits for signatures, if one does.
    #[must_use]
    pub fn pending_version(&self) -> Option<i64> {
        let waits = self.version > self.version_in_force;
        match self.status {
            ContractStatus::Pending | ContractStatus::Active => waits.then_some(self.version),
            ContractStatus::Complete | ContractStatus::Terminated | ContractStatus::Cancelled => None,
        }
    }
}

/// A supplier, with her share of what is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supplier {
    /// Of which contract.
    pub contract: ContractId,
    /// Who.
    pub organization: OrganizationId,
    /// Thousandths of a percent; all of a contract are 100,000 together.
    pub share: i64,
}

/// What is to be delivered at which price, as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line.
    pub id: ContractLineId,
    /// Of which contract.
    pub contract: ContractId,
    /// Its place among the contract's, from 0.
    pub position: i64,
    /// The lot of the request that it answers.
    pub request_lot: Option<RequestLotId>,
    /// What it is called.
    pub title: String,
    /// The product's code.
    pub product: String,
    /// How much.
    pub quantity: Quantity,
    /// What that weighs, where it is known.
    pub grams: Option<i64>,
    /// Minor units a whole unit.
    pub unit_price_minor: i64,
    /// Price times quantity, rounded half to even, once.
    pub amount_minor: i64,
    /// The code of the place that it is delivered to.
    pub place: Option<String>,
    /// The first day on which it may be delivered.
    pub deliver_from: Option<NaiveDate>,
    /// The last.
    pub deliver_until: Option<NaiveDate>,
    /// Accepted so far, in thousandths of the unit.
    pub accepted: i64,
    /// Billed so far; never more.
    pub billed: i64,
}

/// What a line is counted in, and what that weighs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// The line's quantity, with its unit.
    pub whole: Quantity,
    /// What all of it weighs, where it is known.
    pub grams: Option<i64>,
}

impl Measure {
    /// What so many thousandths of the unit weigh, in proportion to the whole line.
    #[must_use]
    pub fn weight_of(&self, thousandths: i64) -> Option<i64> {
        let grams = i128::from(self.grams?) * i128::from(thousandths) / i128::from(self.whole.thousandths.max(1));
        i64::try_from(grams).ok()
    }
}

impl Line {
    /// What it is counted in.
    #[must_use]
    pub fn measure(&self) -> Measure {
        Measure { whole: self.quantity.clone(), grams: self.grams }
    }

    /// The line with another quantity, price and last day; none where its amount would be nothing, or would not fit.
    #[must_use]
    pub fn reworded(&self, quantity: i64, unit_price_minor: i64, deliver_until: Option<NaiveDate>) -> Option<Self> {
        let amount_minor = priced(unit_price_minor, quantity).filter(|amount| *amount > 0)?;
        let grams = self.measure().weight_of(quantity);
        let quantity = Quantity { thousandths: quantity, unit: self.quantity.unit.clone() };
        Some(Self { quantity, grams, unit_price_minor, amount_minor, deliver_until, ..self.clone() })
    }
}

/// A contract with all that belongs to it as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeContract {
    /// The contract.
    pub contract: Contract,
    /// Its lines in their order.
    pub lines: Vec<Line>,
    /// Its suppliers; who leads them comes last, and gets what rounding leaves.
    pub suppliers: Vec<Supplier>,
}

impl WholeContract {
    /// Everybody who signs: the buyer, and the suppliers.
    #[must_use]
    pub fn parties(&self) -> Vec<OrganizationId> {
        let suppliers = self.suppliers.iter().map(|supplier| supplier.organization);
        std::iter::once(self.contract.buyer).chain(suppliers).collect()
    }

    /// Whether an organization is one of the suppliers.
    #[must_use]
    pub fn is_supplier(&self, organization: OrganizationId) -> bool {
        self.suppliers.iter().any(|supplier| supplier.organization == organization)
    }

    /// The line with this id.
    #[must_use]
    pub fn line(&self, id: ContractLineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }
}
