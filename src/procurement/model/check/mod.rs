//! From what somebody typed to a request that can be kept: every error at once, each at its own field below `input`.

mod judging;
mod lots;
#[cfg(test)]
mod tests;

use chrono::{NaiveDate, TimeDelta};

use super::{
    draft::{RawMoney, RawRequest, RawTerms},
    ids::RequestLotId,
    request::{ContractTerms, CriterionKind, MeasureKind, Method, QualityBound, Request},
    rules::{RuleName, Rules},
};
use crate::{
    accounts::OrganizationId,
    catalog::model::{draft::PRICE_MINOR_MAX, taxonomy::Taxonomy},
    certification::model::scheme::Schemes,
    directory::model::{
        gazetteer::Gazetteer,
        ownership::{Definition, EvidenceLevel, Percent},
    },
    documents::DocumentId,
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        clock::{Timestamp, rfc3339},
        decimal::{format_scaled, parse_scaled},
        error::excerpt,
        locale::Locale,
        money::{Currency, Money},
        quantity::Quantity,
        text::TextRule,
    },
};

/// Organizations that one request invites at most.
pub const INVITED_MAX: usize = 200;
/// Documents of one request at most.
pub const DOCUMENTS_MAX: usize = 20;
/// A request is not open longer: two years.
const OPEN_MAX: TimeDelta = TimeDelta::days(731);
const WHY: TextRule = TextRule { length_min: 3, length_max: 2_000, multiline: true };

/// What a request is checked against.
#[derive(Clone, Copy)]
pub struct Reference<'r> {
    /// Products, units, conversions.
    pub taxonomy: &'r Taxonomy,
    /// Places.
    pub gazetteer: &'r Gazetteer,
    /// Schemes of certification.
    pub schemes: &'r Schemes,
    /// Numbers that a law could change.
    pub rules: &'r Rules,
    /// The present instant.
    pub now: Timestamp,
}

impl Reference<'_> {
    fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// What a rule says today.
    #[must_use]
    pub fn rule(&self, name: RuleName) -> i64 {
        self.rules.value(name, self.today())
    }

    /// The earliest deadline of a request by this method that is published now.
    #[must_use]
    pub fn earliest_deadline(&self, method: Method) -> Timestamp {
        let days = self.rule(RuleName::bidding_days(method));
        TimeDelta::try_days(days).and_then(|days| self.now.checked_add_signed(days)).unwrap_or(Timestamp::MAX_UTC)
    }
}

/// What the request was before, where it was one.
#[derive(Clone, Copy)]
pub enum Stage<'s> {
    /// A new one, or a draft that has these lots.
    Draft(&'s [RequestLotId]),
    /// It is published, as this, with these lots.
    Published(&'s Request, &'s [RequestLotId]),
}

impl<'s> Stage<'s> {
    const fn lots(self) -> &'s [RequestLotId] {
        match self {
            Self::Draft(lots) | Self::Published(_, lots) => lots,
        }
    }
}

/// A request that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRequest {
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
    /// In which all amounts stand.
    pub currency: Currency,
    /// What it may cost, in minor units.
    pub budget_minor: Option<i64>,
    /// Until when questions may be asked.
    pub enquiry_deadline: Option<Timestamp>,
    /// The deadline; of an amendment perhaps later than asked for.
    pub bid_deadline: Timestamp,
    /// Days of standstill.
    pub standstill_days: i64,
    /// People who score each bid.
    pub minimum_evaluators: i64,
    /// Terms of contracts.
    pub terms: ContractTerms,
    /// The lots in their order.
    pub lots: Vec<CheckedLot>,
    /// The criteria in their order: 100 % together.
    pub criteria: Vec<CheckedCriterion>,
    /// The measures.
    pub measures: Vec<CheckedMeasure>,
    /// Who is invited; whether she is there and may be is not known yet.
    pub invited: Vec<OrganizationId>,
    /// Documents; whether they are ready is not known yet.
    pub documents: Vec<DocumentId>,
}

/// A lot that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedLot {
    /// The lot that it is, where it was there before.
    pub id: Option<RequestLotId>,
    /// The title.
    pub title: String,
    /// The product's code.
    pub product: String,
    /// How much.
    pub quantity: Quantity,
    /// What that weighs.
    pub grams: Option<i64>,
    /// The place's code.
    pub place: Option<String>,
    /// The first day of delivery.
    pub delivery_from: Option<NaiveDate>,
    /// The last.
    pub delivery_until: Option<NaiveDate>,
    /// Codes of schemes.
    pub required_schemes: Vec<String>,
    /// What its quality has to be.
    pub quality: Vec<QualityBound>,
    /// What it is thought to cost, in minor units.
    pub estimated_minor: Option<i64>,
}

/// A criterion that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCriterion {
    /// What it is called.
    pub name: String,
    /// What it judges.
    pub kind: CriterionKind,
    /// Thousandths of a percent.
    pub weight: i64,
}

/// A measure that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedMeasure {
    /// What it does.
    pub kind: MeasureKind,
    /// The place of the lot that it is for; none for all.
    pub lot: Option<usize>,
    /// By which definition.
    pub definition: Definition,
    /// With what evidence at least.
    pub at_least_evidence: EvidenceLevel,
    /// The margin or the target.
    pub percent: Option<Percent>,
    /// By which rule or decision.
    pub source: Option<String>,
}

/// Checks a request.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn check(raw: &RawRequest, stage: Stage<'_>, reference: Reference<'_>) -> Outcome<CheckedRequest> {
    let mut checking = Checking { reference, currency: None, rejections: Rejections::default() };
    let title = checking.take(TextRule::NAME.check(&raw.title, ["input", "title"]));
    let description = checking.text(&TextRule::DESCRIPTION, raw.description.as_deref(), "description");
    let method_rationale = checking.text(&WHY, raw.method_rationale.as_deref(), "methodRationale");
    if raw.method != Method::Open && raw.method_rationale.is_none() {
        checking.push(UserError::new(ErrorCode::Required, ["input", "methodRationale"]));
    }
    checking.currency(&raw.currency);
    let budget_minor = checking.money(raw.budget.as_ref(), &["budget"]);
    let lots = checking.lots(raw, stage.lots());
    let criteria = checking.criteria(raw);
    let measures = checking.measures(raw);
    let bid_deadline = checking.deadlines(raw, stage);
    let standstill_days = checking.days(raw.standstill_days, RuleName::StandstillDays, (0, 90), &["standstillDays"]);
    let evaluators = raw.minimum_evaluators;
    let minimum_evaluators = checking.days(evaluators, RuleName::MinimumEvaluators, (1, 20), &["minimumEvaluators"]);
    let terms = checking.terms(&raw.terms);
    checking.invited(raw);
    if raw.documents.len() > DOCUMENTS_MAX {
        let error = UserError::new(ErrorCode::TooLong, ["input", "documentIds"]);
        checking.push(error.with("maximum", DOCUMENTS_MAX));
    }
    let currency = checking.currency;
    checking.rejections.finish()?;
    let (Some(title), Some(currency)) = (title, currency) else {
        // Both are needed, and their absence was noted above.
        return Err(UserError::new(ErrorCode::Required, ["input"]).into());
    };
    Ok(CheckedRequest {
        title,
        description,
        language: raw.language,
        method: raw.method,
        method_rationale,
        currency,
        budget_minor,
        enquiry_deadline: raw.enquiry_deadline,
        bid_deadline,
        standstill_days,
        minimum_evaluators,
        terms,
        lots,
        criteria,
        measures,
        invited: raw.invited.clone(),
        documents: raw.documents.clone(),
    })
}

struct Checking<'c> {
    reference: Reference<'c>,
    currency: Option<Currency>,
    rejections: Rejections,
}

fn at(fields: &[&str]) -> Vec<String> {
    ["input"].iter().chain(fields).map(|name| (*name).to_owned()).collect()
}

impl Checking<'_> {
    fn push(&mut self, error: UserError) {
        self.rejections.push(error);
    }

    fn take<T>(&mut self, result: Result<T, UserError>) -> Option<T> {
        self.rejections.take(result)
    }

    fn text(&mut self, rule: &TextRule, text: Option<&str>, field: &str) -> Option<String> {
        text.and_then(|text| self.take(rule.check(text, ["input", field])))
    }

    fn currency(&mut self, code: &str) {
        self.currency = Currency::from_code(code.trim());
        if self.currency.is_none() {
            let error = UserError::new(ErrorCode::UnknownCurrency, ["input", "currency"]);
            self.push(error.with("value", excerpt(code)));
        }
    }

    /// An amount in the request's currency, more than nothing.
    fn money(&mut self, raw: Option<&RawMoney>, fields: &[&str]) -> Option<i64> {
        let raw = raw?;
        let money = Money::parse(raw.amount.trim(), raw.currency.trim());
        let money = self.take(money.map_err(|error| UserError::from_money(&error, &raw.amount, at(fields))))?;
        if let Some(expected) = self.currency.filter(|expected| *expected != money.currency) {
            let mut path = at(fields);
            path.push("currency".to_owned());
            let error = UserError::new(ErrorCode::MixedCurrencies, path);
            self.push(error.with("expected", expected.code()).with("actual", money.currency.code()));
            return None;
        }
        if (1..=PRICE_MINOR_MAX).contains(&money.minor) {
            return Some(money.minor);
        }
        let bound = |minor| Money { minor, currency: money.currency }.amount();
        let mut path = at(fields);
        path.push("amount".to_owned());
        let error = UserError::new(ErrorCode::OutOfRange, path);
        self.push(error.with("minimum", bound(1)).with("maximum", bound(PRICE_MINOR_MAX)));
        None
    }

    /// A decimal number within bounds, both in thousandths.
    fn number(&mut self, text: &str, (minimum, maximum): (i64, i64), fields: &[&str]) -> Option<i64> {
        const DECIMALS: u32 = 3;
        let parsed = parse_scaled(text.trim(), DECIMALS);
        let value = self.take(parsed.map_err(|error| UserError::from_decimal(error, text, at(fields))))?;
        if (minimum..=maximum).contains(&value) {
            return Some(value);
        }
        let bound = |value| format_scaled(value, DECIMALS);
        let error = UserError::new(ErrorCode::OutOfRange, at(fields));
        self.push(error.with("minimum", bound(minimum)).with("maximum", bound(maximum)));
        None
    }

    /// A whole number within bounds; the rule's where none is given.
    fn days(&mut self, given: Option<i64>, rule: RuleName, (minimum, maximum): (i64, i64), fields: &[&str]) -> i64 {
        let value = given.unwrap_or_else(|| self.reference.rule(rule));
        if !(minimum..=maximum).contains(&value) {
            let error = UserError::new(ErrorCode::OutOfRange, at(fields));
            self.push(error.with("minimum", minimum).with("maximum", maximum));
        }
        value
    }

    fn terms(&mut self, raw: &RawTerms) -> ContractTerms {
        let field = |name| ["contractTerms", name];
        let a_day = field("penaltyPermilleADay");
        let over = raw.over_delivery_percent.as_deref();
        let over =
            over.and_then(|text| self.number(text, (0, Percent::WHOLE.thousandths()), &field("overDeliveryPercent")));
        ContractTerms {
            penalty_permille_a_day: self.days(
                raw.penalty_permille_a_day,
                RuleName::PenaltyPermilleADay,
                (0, 100),
                &a_day,
            ),
            penalty_permille_max: self.days(
                raw.penalty_permille_max,
                RuleName::PenaltyPermilleMax,
                (0, 1_000),
                &field("penaltyPermilleMax"),
            ),
            payment_days: self.days(raw.payment_days, RuleName::PaymentDays, (1, 180), &field("paymentDays")),
            over_delivery_limit: over.unwrap_or_else(|| self.reference.rule(RuleName::OverDeliveryPercent)),
        }
    }

    /// The deadline as it will be. An amendment never brings it nearer, and leaves bidders time to read it.
    fn deadlines(&mut self, raw: &RawRequest, stage: Stage<'_>) -> Timestamp {
        let now = self.reference.now;
        let earliest = match stage {
            Stage::Draft(_) => self.reference.earliest_deadline(raw.method),
            Stage::Published(before, _) => before.bid_deadline,
        };
        let latest = earliest.max(now).checked_add_signed(OPEN_MAX).unwrap_or(Timestamp::MAX_UTC);
        if !(earliest..=latest).contains(&raw.bid_deadline) {
            let error = UserError::new(ErrorCode::OutOfRange, ["input", "bidDeadline"]);
            self.push(error.with("minimum", rfc3339(earliest)).with("maximum", rfc3339(latest)));
        }
        let unchanged = match stage {
            Stage::Draft(_) => false,
            Stage::Published(before, _) => before.enquiry_deadline == raw.enquiry_deadline,
        };
        if let Some(enquiry) = raw.enquiry_deadline {
            if enquiry >= raw.bid_deadline {
                self.push(UserError::new(ErrorCode::InvalidPeriod, ["input", "enquiryDeadline"]));
            } else if enquiry <= now && !unchanged {
                let error = UserError::new(ErrorCode::OutOfRange, ["input", "enquiryDeadline"]);
                self.push(error.with("minimum", rfc3339(now)).with("maximum", rfc3339(raw.bid_deadline)));
            }
        }
        match stage {
            Stage::Draft(_) => raw.bid_deadline,
            Stage::Published(..) => {
                let hours = TimeDelta::try_hours(self.reference.rule(RuleName::AmendmentNoticeHours));
                let readable = hours.and_then(|hours| now.checked_add_signed(hours)).unwrap_or(now);
                raw.bid_deadline.max(readable)
            }
        }
    }

    fn invited(&mut self, raw: &RawRequest) {
        let path = ["input", "invitedOrganizationIds"];
        let count = raw.invited.len();
        if count > INVITED_MAX {
            self.push(UserError::new(ErrorCode::TooLong, path).with("maximum", INVITED_MAX));
        }
        match raw.method {
            Method::Open => {}
            Method::Selective | Method::Limited => {
                if count == 0 {
                    self.push(UserError::new(ErrorCode::Required, path));
                }
            }
            Method::Direct => match count {
                0 => self.push(UserError::new(ErrorCode::Required, path)),
                1 => {}
                _ => self.push(UserError::new(ErrorCode::TooLong, path).with("maximum", 1)),
            },
        }
        for (index, id) in raw.invited.iter().enumerate() {
            if raw.invited[..index].contains(id) {
                let path = at(&["invitedOrganizationIds", &index.to_string()]);
                self.push(UserError::new(ErrorCode::Inconsistent, path).with("reason", id));
            }
        }
    }
}
