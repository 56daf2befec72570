//! What a request would keep out, before it is published.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::{matching, object::MatchCriterionKind};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    catalog::graphql::Product,
    directory::{
        graphql::{EvidenceLevel, OwnershipDefinition},
        model::ownership,
    },
    kernel::{
        Outcome, Rejections,
        graphql::{UserError, list_complexity, locale, read_id, user_errors},
        locale::message,
    },
    matching::{self, PreviewBarriers, model::preview},
    procurement::graphql::{RequestLotInput, raw_lots},
};

/// A request as it might be published, and whom it is looked at for.
#[derive(Debug, Clone, InputObject)]
pub struct BarrierPreviewInput {
    /// Who would buy; the caller manages its requests.
    pub buyer_id: ID,
    /// Its lots, as `createProcurementRequest` takes them.
    pub lots: Vec<RequestLotInput>,
    /// The ISO 4217 code of the currency in which its amounts stand.
    #[graphql(default = "XOF")]
    pub currency: String,
    /// The first instant at which no bid would be taken any more; now where it is left out.
    pub bid_deadline: Option<DateTime<Utc>>,
    /// Who is meant: suppliers who satisfy this definition of women's ownership or leadership.
    pub definition: OwnershipDefinition,
    /// With what evidence at least.
    #[graphql(default_with = "EvidenceLevel::DocumentVerified")]
    pub at_least_evidence: EvidenceLevel,
}

/// What a preview gives.
#[derive(Debug, Clone, SimpleObject)]
pub struct BarrierPreviewPayload {
    /// What was found; null where the input is wrong.
    pub preview: Option<BarrierPreview>,
    /// What is wrong with the input.
    pub user_errors: Vec<UserError>,
}

/// What a request would keep out.
#[derive(Debug, Clone)]
pub struct BarrierPreview(matching::Barriers);

/// What a request would keep out, before it is published.
#[Object]
impl BarrierPreview {
    /// In a sentence, in the request's language: `With these lots 3 of 41 verified women-led suppliers qualify.`
    async fn summary(&self, ctx: &Context<'_>) -> String {
        let language = locale(ctx);
        let (all, now) = (self.0.suppliers.to_string(), self.0.qualifying.to_string());
        let args = [("qualifying", now.as_str()), ("suppliers", all.as_str())];
        let mut sentences = vec![message(language, "matching-preview", args)];
        for lot in &self.0.lots {
            let Some(best) = lot.preview.splits.last() else { continue };
            let (number, lots) = ((lot.position + 1).to_string(), best.lots.to_string());
            let qualifying = best.qualifying.to_string();
            let args = [("lot", number.as_str()), ("lots", lots.as_str()), ("qualifying", qualifying.as_str())];
            sentences.push(message(language, "matching-preview-split", args));
        }
        sentences.join(" ")
    }

    /// How many suppliers of what the lots ask for satisfy the definition with that evidence.
    fn suppliers(&self) -> i64 {
        self.0.suppliers
    }

    /// How many of them could answer one lot at least.
    fn qualifying(&self) -> i64 {
        self.0.qualifying
    }

    /// Lot by lot, in their order.
    #[graphql(complexity = "list_complexity(10, child_complexity)")]
    async fn lots(&self) -> Vec<LotPreview> {
        self.0.lots.iter().cloned().map(LotPreview).collect()
    }

    /// Whether every listing was looked at; of products that very many sell only the first 20,000 are.
    fn complete(&self) -> bool {
        self.0.complete
    }
}

/// What a lot would keep out.
#[derive(Debug, Clone)]
pub struct LotPreview(matching::LotBarriers);

/// What a lot would keep out.
#[Object]
impl LotPreview {
    /// Its place among the lots of the input, from 0.
    fn position(&self) -> i64 {
        i64::try_from(self.0.position).unwrap_or(i64::MAX)
    }

    /// The product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        Ok(Product::find(matching(ctx)?.taxonomy(), &self.0.product))
    }

    /// How many suppliers of the product satisfy the definition with that evidence.
    fn suppliers(&self) -> i64 {
        self.0.preview.suppliers
    }

    /// How many of them could answer it as it is.
    fn qualifying(&self) -> i64 {
        self.0.preview.qualifying
    }

    /// What keeps the others out; what keeps most out by itself first.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn barriers(&self) -> Vec<Barrier> {
        self.0.preview.barriers.iter().cloned().map(Barrier::from).collect()
    }

    /// Into how many lots of the same size it could be split, so that more could answer: each entry lets more in than the one
    /// before it.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn splits(&self) -> Vec<LotSplit> {
        let split = |split: &preview::Split| LotSplit { lots: split.lots, qualifying: split.qualifying };
        self.0.preview.splits.iter().map(split).collect()
    }
}

/// A criterion that keeps suppliers out.
#[derive(Debug, Clone, SimpleObject)]
pub struct Barrier {
    /// Which criterion.
    pub criterion: MatchCriterionKind,
    /// Of which scheme or quality attribute, by its code.
    pub about: Option<String>,
    /// How many fail it.
    pub failing: i64,
    /// How many fail nothing else: they could answer without it.
    pub failing_only_this: i64,
}

impl From<preview::Barrier> for Barrier {
    fn from(barrier: preview::Barrier) -> Self {
        Self {
            criterion: barrier.criterion.into(),
            about: barrier.about,
            failing: barrier.failing,
            failing_only_this: barrier.alone,
        }
    }
}

/// What splitting a lot would change.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct LotSplit {
    /// Into how many lots.
    pub lots: i64,
    /// How many suppliers could then answer one of them.
    pub qualifying: i64,
}

pub(super) async fn barrier_preview(ctx: &Context<'_>, input: BarrierPreviewInput) -> Result<BarrierPreviewPayload> {
    let room = matching(ctx)?;
    let found = match read(input) {
        Ok(asked) => Box::pin(room.preview_barriers(actor(ctx), &asked)).await,
        Err(refused) => Err(refused),
    };
    Ok(match found {
        Ok(found) => BarrierPreviewPayload { preview: Some(BarrierPreview(found)), user_errors: Vec::new() },
        Err(refused) => BarrierPreviewPayload { preview: None, user_errors: user_errors(ctx, refused)? },
    })
}

fn read(input: BarrierPreviewInput) -> Outcome<PreviewBarriers> {
    let mut wrong = Rejections::default();
    let buyer = wrong.take(read_id::<OrganizationId, _>(&input.buyer_id, OrganizationId::PREFIX, ["input", "buyerId"]));
    let lots = raw_lots(input.lots, &mut wrong);
    wrong.finish()?;
    let buyer = buyer.ok_or_else(|| crate::kernel::Failure::code(crate::kernel::ErrorCode::Required))?;
    let (definition, at_least) =
        (ownership::Definition::from(input.definition), ownership::EvidenceLevel::from(input.at_least_evidence));
    let deadline = input.bid_deadline.map(crate::kernel::clock::truncated);
    Ok(PreviewBarriers { buyer, lots, currency: input.currency, deadline, definition, at_least })
}
