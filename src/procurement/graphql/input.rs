//! What a request is written with.

use async_graphql::{Context, ID, InputObject};
use chrono::{DateTime, Utc};

use super::{CriterionKind, GenderMeasureKind, ProcurementMethod};
use crate::{
    accounts::OrganizationId,
    directory::graphql::{EvidenceLevel, OwnershipDefinition},
    documents::graphql::document_ids,
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        graphql::{Date, Decimal, LanguageCode, MoneyInput, QuantityInput, locale, read_id, read_ids},
        locale::Locale,
    },
    procurement::{
        CreateProcurementRequest, RequestLotId,
        model::draft::{RawBound, RawCriterion, RawLot, RawMeasure, RawMoney, RawRequest, RawTerms},
    },
};

/// What a quality attribute has to be: at least, at most, or between.
#[derive(Debug, Clone, InputObject)]
pub struct QualityBoundInput {
    /// The code of the attribute; one that the product lists in `qualityAttributes`.
    pub attribute: String,
    /// What it is at least, in the attribute's unit, with at most three decimals.
    pub minimum: Option<Decimal>,
    /// What it is at most.
    pub maximum: Option<Decimal>,
}

/// What is asked for in one piece.
#[derive(Debug, Clone, InputObject)]
pub struct RequestLotInput {
    /// The lot that it is, where the request has it already: it stays the same lot. Left out for a new one.
    pub id: Option<ID>,
    /// What it is called, 2 to 200 signs; the product's name where none is given.
    pub title: Option<String>,
    /// The product's code or name; see `products`.
    pub product_code: String,
    /// How much, more than nothing, in one of the product's units.
    pub quantity: QuantityInput,
    /// Where it is to be delivered: a place's code, official number or name.
    pub place_code: Option<String>,
    /// The first day on which it may be delivered.
    pub delivery_from: Option<Date>,
    /// The last, not before the deadline.
    pub delivery_until: Option<Date>,
    /// The codes of schemes, at most 20: the bidder holds a certificate of each for the product.
    pub required_schemes: Option<Vec<String>>,
    /// What its quality has to be, at most 20 attributes.
    pub quality: Option<Vec<QualityBoundInput>>,
    /// What it is thought to cost in all, in the request's currency.
    pub estimated_amount: Option<MoneyInput>,
}

/// What bids are judged by.
#[derive(Debug, Clone, InputObject)]
pub struct RequestCriterionInput {
    /// What it is called, 2 to 200 signs.
    pub name: String,
    /// What it judges. One is `PRICE`, unless the method is `DIRECT`.
    pub kind: CriterionKind,
    /// Its weight in percent, with at most three decimals; all together are 100.
    pub weight_percent: Decimal,
}

/// What a request does for women.
#[derive(Debug, Clone, InputObject)]
pub struct GenderMeasureInput {
    /// What it does. `AWARD_CRITERION` goes with a criterion `WOMEN_STATUS`, and is for all lots.
    pub kind: GenderMeasureKind,
    /// The lot that it is for, by its place in `lots` from 0; for all lots where neither this nor `lotId` is given.
    pub lot_position: Option<i32>,
    /// The lot that it is for, where the request has it already.
    pub lot_id: Option<ID>,
    /// By which definition of women's ownership or leadership.
    pub definition: OwnershipDefinition,
    /// With what evidence at least.
    #[graphql(default_with = "EvidenceLevel::DocumentVerified")]
    pub at_least_evidence: EvidenceLevel,
    /// The margin or the target in percent; for these two only.
    pub percent: Option<Decimal>,
    /// By which rule or decision, at most 500 signs.
    pub source: Option<String>,
}

/// Terms of payment and lateness that contracts take over. What is left out is the usual, or stays.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ContractTermsInput {
    /// Thousandths of the price of what is late that a day of lateness takes off, 0 to 100.
    pub penalty_permille_a_day: Option<i64>,
    /// Thousandths of it that lateness takes off at most, 0 to 1,000.
    pub penalty_permille_max: Option<i64>,
    /// Days in which an invoice is to be paid, 1 to 180.
    pub payment_days: Option<i64>,
    /// Percent that deliveries may exceed what was ordered by, with at most three decimals.
    pub over_delivery_percent: Option<Decimal>,
}

/// A new request. It is a draft until it is published.
#[derive(Debug, Clone, InputObject)]
pub struct CreateProcurementRequestInput {
    /// Who buys; the caller manages its requests.
    pub buyer_id: ID,
    /// What it is called, 2 to 200 signs.
    pub title: String,
    /// More about it, up to 5,000 signs.
    pub description: Option<String>,
    /// The language of title and description; the request's own where none is given.
    pub language: Option<LanguageCode>,
    /// Who may bid.
    pub method: ProcurementMethod,
    /// Why not everybody; needed unless the method is `OPEN`.
    pub method_rationale: Option<String>,
    /// The ISO 4217 code of the currency in which all its amounts, and all bids, stand.
    #[graphql(default = "XOF")]
    pub currency: String,
    /// What is asked for, 1 to 100 lots.
    pub lots: Vec<RequestLotInput>,
    /// What bids are judged by: weights of 100 % together.
    pub criteria: Vec<RequestCriterionInput>,
    /// What it does for women.
    pub gender_measures: Option<Vec<GenderMeasureInput>>,
    /// Until when questions may be asked, before the deadline; until then where it is left out.
    pub enquiry_deadline: Option<DateTime<Utc>>,
    /// The first instant at which no bid is taken any more; bidders have a least number of days by the method.
    pub bid_deadline: DateTime<Utc>,
    /// Days between an award and what it takes force by, 0 to 90.
    pub standstill_days: Option<i64>,
    /// What it may cost.
    pub budget: Option<MoneyInput>,
    /// So many different people score each bid, 1 to 20.
    pub minimum_evaluators: Option<i64>,
    /// Who is asked to bid, at most 200; needed unless the method is `OPEN`, and one for `DIRECT`.
    pub invited_organization_ids: Option<Vec<ID>>,
    /// What its contracts will say.
    pub contract_terms: Option<ContractTermsInput>,
    /// What belongs to it, at most 20 documents: uploaded for the buyer with visibility `PUBLIC`, and ready.
    pub document_ids: Option<Vec<ID>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl CreateProcurementRequestInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Outcome<CreateProcurementRequest> {
        let mut wrong = Rejections::default();
        let buyer = wrong.take(read_id(&self.buyer_id, OrganizationId::PREFIX, ["input", "buyerId"]));
        let lots = lots(self.lots, &mut wrong);
        let measures = measures(self.gender_measures.unwrap_or_default(), &mut wrong);
        let invited = organizations(&self.invited_organization_ids.unwrap_or_default(), &mut wrong);
        let documents = document_ids(self.document_ids, &mut wrong);
        wrong.finish()?;
        // It is there, or the collector would not have let us pass.
        let buyer = buyer.ok_or_else(|| UserError::new(ErrorCode::Required, ["input", "buyerId"]))?;
        let request = RawRequest {
            title: self.title,
            description: self.description,
            language: self.language.map_or_else(|| locale(ctx), Locale::from),
            method: self.method.into(),
            method_rationale: self.method_rationale,
            currency: self.currency,
            lots,
            criteria: criteria(self.criteria),
            measures,
            enquiry_deadline: self.enquiry_deadline.map(crate::kernel::clock::truncated),
            bid_deadline: crate::kernel::clock::truncated(self.bid_deadline),
            standstill_days: self.standstill_days,
            minimum_evaluators: self.minimum_evaluators,
            budget: self.budget.map(money),
            terms: terms(self.contract_terms.unwrap_or_default()),
            invited,
            documents,
        };
        Ok(CreateProcurementRequest { buyer, request, idempotency_key: self.idempotency_key })
    }
}

pub(super) fn money(input: MoneyInput) -> RawMoney {
    RawMoney { amount: input.amount.0, currency: input.currency }
}

/// Lots as they were typed; what is wrong with ids is told to `wrong`.
pub(crate) fn lots(inputs: Vec<RequestLotInput>, wrong: &mut Rejections) -> Vec<RawLot> {
    let lot = |(index, input): (usize, RequestLotInput)| {
        let index = index.to_string();
        let named = input.id.map(|lot| read_id(&lot, RequestLotId::PREFIX, ["input", "lots", &index, "id"]));
        let bound = |bound: QualityBoundInput| RawBound {
            attribute: bound.attribute,
            minimum: bound.minimum.map(|value| value.0),
            maximum: bound.maximum.map(|value| value.0),
        };
        RawLot {
            id: named.and_then(|named| wrong.take(named)),
            title: input.title,
            product_code: input.product_code,
            quantity: input.quantity.value.0,
            unit: input.quantity.unit,
            place_code: input.place_code,
            delivery_from: input.delivery_from.map(|day| day.0),
            delivery_until: input.delivery_until.map(|day| day.0),
            required_schemes: input.required_schemes.unwrap_or_default(),
            quality: input.quality.unwrap_or_default().into_iter().map(bound).collect(),
            estimated: input.estimated_amount.map(money),
        }
    };
    inputs.into_iter().enumerate().map(lot).collect()
}

pub(super) fn criteria(inputs: Vec<RequestCriterionInput>) -> Vec<RawCriterion> {
    let criterion = |input: RequestCriterionInput| RawCriterion {
        name: input.name,
        kind: input.kind.into(),
        weight: input.weight_percent.0,
    };
    inputs.into_iter().map(criterion).collect()
}

pub(super) fn measures(inputs: Vec<GenderMeasureInput>, wrong: &mut Rejections) -> Vec<RawMeasure> {
    let measure = |(index, input): (usize, GenderMeasureInput)| {
        let path = ["input", "genderMeasures", &index.to_string(), "lotId"];
        let lot = input.lot_id.map(|lot| read_id(&lot, RequestLotId::PREFIX, path));
        RawMeasure {
            kind: input.kind.into(),
            lot_position: input.lot_position.map(i64::from),
            lot: lot.and_then(|lot| wrong.take(lot)),
            definition: input.definition.into(),
            at_least_evidence: input.at_least_evidence.into(),
            percent: input.percent.map(|percent| percent.0),
            source: input.source,
        }
    };
    inputs.into_iter().enumerate().map(measure).collect()
}

pub(super) fn terms(input: ContractTermsInput) -> RawTerms {
    RawTerms {
        penalty_permille_a_day: input.penalty_permille_a_day,
        penalty_permille_max: input.penalty_permille_max,
        payment_days: input.payment_days,
        over_delivery_percent: input.over_delivery_percent.map(|percent| percent.0),
    }
}

pub(super) fn organizations(ids: &[ID], wrong: &mut Rejections) -> Vec<OrganizationId> {
    read_ids(ids, OrganizationId::PREFIX, "invitedOrganizationIds", wrong)
}
