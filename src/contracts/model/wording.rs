//! The wording of a contract: what is proposed and signed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    contract::{Contract, Line},
    ids::{ContractId, ContractLineId},
    terms::Terms,
};
use crate::{
    accounts::OrganizationId,
    kernel::{ErrorCode, UserError, clock::Timestamp, decimal::format_scaled, quantity::DECIMALS},
};

/// All that a wording says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// What it is called.
    pub title: String,
    /// The ISO 4217 code.
    pub currency: String,
    /// What its lines come to, in minor units.
    pub amount_minor: i64,
    /// What is agreed on beside.
    pub terms: Terms,
    /// What is delivered.
    pub lines: Vec<WordedLine>,
}

/// A line of a wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordedLine {
    /// The line.
    pub id: ContractLineId,
    /// What it is called.
    pub title: String,
    /// The product's code.
    pub product: String,
    /// Thousandths of the unit.
    pub quantity: i64,
    /// The unit's code.
    pub unit: String,
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
}

impl Wording {
    /// What a contract says with these lines and terms. None where its lines come to more than fits.
    #[must_use]
    pub fn of(contract: &Contract, lines: &[Line], terms: Terms) -> Option<Self> {
        let mut amount_minor: i64 = 0;
        for line in lines {
            amount_minor = amount_minor.checked_add(line.amount_minor)?;
        }
        let worded = |line: &Line| WordedLine {
            id: line.id,
            title: line.title.clone(),
            product: line.product.clone(),
            quantity: line.quantity.thousandths,
            unit: line.quantity.unit.as_str().to_owned(),
            unit_price_minor: line.unit_price_minor,
            amount_minor: line.amount_minor,
            place: line.place.clone(),
            deliver_from: line.deliver_from,
            deliver_until: line.deliver_until,
        };
        Some(Self {
            title: contract.title.clone(),
            currency: contract.currency.code().to_owned(),
            amount_minor,
            terms,
            lines: lines.iter().map(worded).collect(),
        })
    }
}

/// Whether a line may say so: no less than was accepted of it, and no other price once something of it was billed. `path` leads to
/// the line in the input.
///
/// # Errors
/// [`ErrorCode::OutOfRange`] at the line's quantity, [`ErrorCode::InvalidValue`] at its price.
pub fn check_line(line: &Line, quantity: i64, unit_price_minor: i64, path: &[String]) -> Result<(), UserError> {
    let at = |field: &str| path.iter().cloned().chain([field.to_owned()]).collect::<Vec<_>>();
    let least = line.accepted.max(1);
    if quantity < least {
        let error = UserError::new(ErrorCode::OutOfRange, at("quantity"));
        let most = crate::catalog::model::draft::QUANTITY_THOUSANDTHS_MAX;
        return Err(error
            .with("minimum", format_scaled(least, DECIMALS))
            .with("maximum", format_scaled(most, DECIMALS)));
    }
    if line.billed > 0 && unit_price_minor != line.unit_price_minor {
        // What was billed keeps its price, and a line has one.
        let error = UserError::new(ErrorCode::InvalidValue, at("unitPrice")).with("value", unit_price_minor);
        return Err(error.with("allowed", line.unit_price_minor));
    }
    Ok(())
}

/// A wording that was proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Of which contract.
    pub contract: ContractId,
    /// Counts the contract's wordings, from 1.
    pub version: i64,
    /// What it says.
    pub wording: Wording,
    /// Why it was changed.
    pub rationale: Option<String>,
    /// For which party it was proposed; none where it follows from an award.
    pub proposed_for: Option<OrganizationId>,
    /// When.
    pub proposed_at: Timestamp,
}

/// A signature under a wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Of which contract.
    pub contract: ContractId,
    /// Which wording.
    pub version: i64,
    /// Which party.
    pub organization: OrganizationId,
    /// By whom.
    pub signed_by: Option<Uuid>,
    /// When.
    pub signed_at: Timestamp,
}
