//! A request as somebody typed it, and changes of one.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    ids::RequestLotId,
    request::{
        CriterionKind, GenderMeasure, MeasureKind, Method, QualityBound, RequestLot, RequestLotStatus, WholeRequest,
    },
};
use crate::{
    accounts::OrganizationId,
    directory::model::ownership::{Definition, EvidenceLevel, Percent},
    documents::DocumentId,
    kernel::{
        change::Change,
        clock::Timestamp,
        decimal::format_scaled,
        locale::Locale,
        money::{Currency, Money},
        quantity::DECIMALS,
    },
};

/// A request as somebody typed it: numbers are still texts, codes may be names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawRequest {
    /// The title.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// The language of both.
    pub language: Locale,
    /// Who may bid.
    pub method: Method,
    /// Why not everybody.
    pub method_rationale: Option<String>,
    /// The ISO 4217 code of all its amounts.
    pub currency: String,
    /// What is asked for.
    pub lots: Vec<RawLot>,
    /// What bids are judged by.
    pub criteria: Vec<RawCriterion>,
    /// What it does for women.
    pub measures: Vec<RawMeasure>,
    /// Until when questions may be asked.
    pub enquiry_deadline: Option<Timestamp>,
    /// The first instant at which no bid is taken any more.
    pub bid_deadline: Timestamp,
    /// Days of standstill; the rule's where none are given.
    pub standstill_days: Option<i64>,
    /// People who score each bid; the rule's where none are given.
    pub minimum_evaluators: Option<i64>,
    /// What it may cost.
    pub budget: Option<RawMoney>,
    /// What its contracts will say.
    pub terms: RawTerms,
    /// Who is asked to bid.
    pub invited: Vec<OrganizationId>,
    /// What belongs to it.
    pub documents: Vec<DocumentId>,
}

/// An amount as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawMoney {
    /// A decimal number in the currency's major unit.
    pub amount: String,
    /// An ISO 4217 code.
    pub currency: String,
}

/// A lot as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawLot {
    /// The lot that it is, where it was there before.
    pub id: Option<RequestLotId>,
    /// The title; the product's name where none is given.
    pub title: Option<String>,
    /// The product's code, or its name.
    pub product_code: String,
    /// A decimal number.
    pub quantity: String,
    /// A unit's code, name or symbol.
    pub unit: String,
    /// The place's code, official number or name.
    pub place_code: Option<String>,
    /// The first day of delivery.
    pub delivery_from: Option<NaiveDate>,
    /// The last.
    pub delivery_until: Option<NaiveDate>,
    /// Codes of schemes.
    pub required_schemes: Vec<String>,
    /// What its quality has to be.
    pub quality: Vec<RawBound>,
    /// What it is thought to cost.
    pub estimated: Option<RawMoney>,
}

/// What a quality attribute has to be, as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawBound {
    /// The attribute's code.
    pub attribute: String,
    /// A decimal number, at least.
    pub minimum: Option<String>,
    /// A decimal number, at most.
    pub maximum: Option<String>,
}

/// A criterion as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawCriterion {
    /// What it is called.
    pub name: String,
    /// What it judges.
    pub kind: CriterionKind,
    /// A decimal number of percent.
    pub weight: String,
}

/// A gender measure as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawMeasure {
    /// What it does.
    pub kind: MeasureKind,
    /// The lot that it is for, by its place in the list, from 0.
    pub lot_position: Option<i64>,
    /// The lot that it is for, where it was there before.
    pub lot: Option<RequestLotId>,
    /// By which definition.
    #[serde(serialize_with = "super::request::as_word")]
    pub definition: Definition,
    /// With what evidence at least.
    #[serde(serialize_with = "super::request::as_level")]
    pub at_least_evidence: EvidenceLevel,
    /// A decimal number: the margin or the target.
    pub percent: Option<String>,
    /// By which rule or decision.
    pub source: Option<String>,
}

/// Terms of contracts as somebody typed them; the rules' where none are given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RawTerms {
    /// Thousandths of what is late, a day.
    pub penalty_permille_a_day: Option<i64>,
    /// Thousandths of it at most.
    pub penalty_permille_max: Option<i64>,
    /// Days in which an invoice is paid.
    pub payment_days: Option<i64>,
    /// A decimal number of percent.
    pub over_delivery_percent: Option<String>,
}

/// Changes of a request. What is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RequestPatch {
    /// Another title.
    pub title: Option<String>,
    /// The description.
    pub description: Change<String>,
    /// Another language of both.
    pub language: Option<Locale>,
    /// Another method; of a draft only.
    pub method: Option<Method>,
    /// Why not everybody may bid.
    pub method_rationale: Change<String>,
    /// Another currency; of a draft only.
    pub currency: Option<String>,
    /// All lots: those named by id stay, those left out go.
    pub lots: Option<Vec<RawLot>>,
    /// All criteria.
    pub criteria: Option<Vec<RawCriterion>>,
    /// All measures.
    pub measures: Option<Vec<RawMeasure>>,
    /// Until when questions may be asked.
    pub enquiry_deadline: Change<Timestamp>,
    /// Another deadline.
    pub bid_deadline: Option<Timestamp>,
    /// Days of standstill.
    pub standstill_days: Option<i64>,
    /// People who score each bid.
    pub minimum_evaluators: Option<i64>,
    /// What it may cost.
    pub budget: Change<RawMoney>,
    /// Terms of contracts; what is none stays.
    pub terms: RawTerms,
    /// All who are invited.
    pub invited: Option<Vec<OrganizationId>>,
    /// All documents.
    pub documents: Option<Vec<DocumentId>>,
}

impl RequestPatch {
    /// The request with the changes, to be checked as a whole.
    #[must_use]
    pub fn over(self, raw: RawRequest) -> RawRequest {
        let terms = RawTerms {
            penalty_permille_a_day: self.terms.penalty_permille_a_day.or(raw.terms.penalty_permille_a_day),
            penalty_permille_max: self.terms.penalty_permille_max.or(raw.terms.penalty_permille_max),
            payment_days: self.terms.payment_days.or(raw.terms.payment_days),
            over_delivery_percent: self.terms.over_delivery_percent.or(raw.terms.over_delivery_percent),
        };
        RawRequest {
            title: self.title.unwrap_or(raw.title),
            description: self.description.over(raw.description),
            language: self.language.unwrap_or(raw.language),
            method: self.method.unwrap_or(raw.method),
            method_rationale: self.method_rationale.over(raw.method_rationale),
            currency: self.currency.unwrap_or(raw.currency),
            lots: self.lots.unwrap_or(raw.lots),
            criteria: self.criteria.unwrap_or(raw.criteria),
            measures: self.measures.unwrap_or(raw.measures),
            enquiry_deadline: self.enquiry_deadline.over(raw.enquiry_deadline),
            bid_deadline: self.bid_deadline.unwrap_or(raw.bid_deadline),
            standstill_days: self.standstill_days.or(raw.standstill_days),
            minimum_evaluators: self.minimum_evaluators.or(raw.minimum_evaluators),
            budget: self.budget.over(raw.budget),
            terms,
            invited: self.invited.unwrap_or(raw.invited),
            documents: self.documents.unwrap_or(raw.documents),
        }
    }
}

impl RawRequest {
    /// What would have to be typed to get this request again.
    #[must_use]
    pub fn of(whole: &WholeRequest, invited: Vec<OrganizationId>, documents: Vec<DocumentId>) -> Self {
        let request = &whole.request;
        let active = whole.lots.iter().filter(|lot| lot.status == RequestLotStatus::Active);
        Self {
            title: request.title.clone(),
            description: request.description.clone(),
            language: request.language.parse().unwrap_or_default(),
            method: request.method,
            method_rationale: request.method_rationale.clone(),
            currency: request.currency.code().to_owned(),
            lots: active.map(|lot| RawLot::of(lot, request.currency)).collect(),
            criteria: whole
                .criteria
                .iter()
                .map(|criterion| RawCriterion {
                    name: criterion.name.clone(),
                    kind: criterion.kind,
                    weight: format_scaled(criterion.weight, Percent::DECIMALS),
                })
                .collect(),
            measures: whole.measures.iter().map(RawMeasure::of).collect(),
            enquiry_deadline: request.enquiry_deadline,
            bid_deadline: request.bid_deadline,
            standstill_days: Some(request.standstill_days),
            minimum_evaluators: Some(request.minimum_evaluators),
            budget: request.budget_minor.map(|minor| RawMoney::of(minor, request.currency)),
            terms: RawTerms {
                penalty_permille_a_day: Some(request.terms.penalty_permille_a_day),
                penalty_permille_max: Some(request.terms.penalty_permille_max),
                payment_days: Some(request.terms.payment_days),
                over_delivery_percent: Some(format_scaled(request.terms.over_delivery_limit, Percent::DECIMALS)),
            },
            invited,
            documents,
        }
    }
}

impl RawMoney {
    fn of(minor: i64, currency: Currency) -> Self {
        Self { amount: Money { minor, currency }.amount(), currency: currency.code().to_owned() }
    }
}

impl RawLot {
    fn of(lot: &RequestLot, currency: Currency) -> Self {
        let number = |thousandths: i64| format_scaled(thousandths, DECIMALS);
        let bound = |bound: &QualityBound| RawBound {
            attribute: bound.attribute.clone(),
            minimum: bound.minimum.map(number),
            maximum: bound.maximum.map(number),
        };
        Self {
            id: Some(lot.id),
            title: Some(lot.title.clone()),
            product_code: lot.product.clone(),
            quantity: lot.quantity.value(),
            unit: lot.quantity.unit.as_str().to_owned(),
            place_code: lot.place.clone(),
            delivery_from: lot.delivery_from,
            delivery_until: lot.delivery_until,
            required_schemes: lot.required_schemes.clone(),
            quality: lot.quality.iter().map(bound).collect(),
            estimated: lot.estimated_minor.map(|minor| RawMoney::of(minor, currency)),
        }
    }
}

impl RawMeasure {
    fn of(measure: &GenderMeasure) -> Self {
        Self {
            kind: measure.kind,
            lot_position: None,
            lot: measure.lot,
            definition: measure.definition,
            at_least_evidence: measure.at_least_evidence,
            percent: measure.percent.map(|percent| percent.to_string()),
            source: measure.source.clone(),
        }
    }
}
