//! How bids compare, on the wire.

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};

use super::{Award, thousandths};
use crate::{
    accounts::graphql::{Loaders as AccountLoaders, User},
    kernel::{
        decimal::format_scaled,
        graphql::{Decimal, Money, list_complexity},
        money,
    },
    procurement::{
        self, GivenScore, Preference, Ranked, Weighted,
        graphql::{Bid, BidLoaders, Loaders as RequestLoaders, ProcurementRequest, RequestCriterion, RequestLot},
    },
};

/// How the bids on a request compare.
#[derive(Debug, Clone)]
pub struct Evaluation(pub procurement::Evaluation);

/// How the bids on a request compare. Those inside the buyer, and those who oversee the platform, see it as it stands; everybody
/// else sees how bids ranked for each lot that is awarded.
#[Object]
impl Evaluation {
    /// Of which request.
    async fn request(&self) -> ProcurementRequest {
        ProcurementRequest(self.0.request.clone())
    }

    /// Each lot of which the caller may see how bids for it compare.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn lots(&self) -> Vec<LotEvaluation> {
        self.0.lots.iter().cloned().map(LotEvaluation).collect()
    }

    /// Scores that are missing before anything can be awarded; null for whoever sees only what was decided.
    fn missing_scores(&self) -> Option<i64> {
        self.0.missing_scores
    }

    /// What the caller declared about a conflict of interest; null where nothing.
    async fn own_declaration(&self) -> Option<ConflictDeclaration> {
        self.0.own_declaration.clone().map(ConflictDeclaration)
    }
}

/// How the bids for a lot compare.
#[derive(Debug, Clone)]
pub struct LotEvaluation(procurement::LotEvaluation);

/// How the bids for a lot compare.
#[Object]
impl LotEvaluation {
    /// The lot.
    async fn request_lot(&self) -> RequestLot {
        RequestLot { lot: self.0.lot.clone(), currency: self.0.currency }
    }

    /// The award that the lot has; what follows is then as it was when it was made.
    async fn award(&self) -> Option<Award> {
        self.0.award.clone().map(Award)
    }

    /// The bids that can be awarded the lot, the first one first.
    #[graphql(complexity = "list_complexity(10, child_complexity)")]
    async fn ranking(&self) -> Vec<EvaluationRow> {
        let (currency, is_whole) = (self.0.currency, self.0.is_whole);
        let row = |ranked: &Ranked| EvaluationRow { ranked: ranked.clone(), currency, is_whole };
        self.0.ranking.iter().map(row).collect()
    }

    /// What evaluators gave these bids, as far as it counts; empty for whoever sees only what was decided.
    #[graphql(complexity = "list_complexity(20, child_complexity)")]
    async fn scores(&self) -> Vec<BidScore> {
        self.0.scores.iter().cloned().map(BidScore).collect()
    }
}

/// Where a bid stands among those for a lot.
#[derive(Debug, Clone)]
pub struct EvaluationRow {
    /// Where it stands, and why.
    pub(super) ranked: Ranked,
    /// In which its amounts are.
    pub(super) currency: money::Currency,
    /// Whether the reader may see what it has by each criterion.
    pub(super) is_whole: bool,
}

impl EvaluationRow {
    fn money(&self, minor: i64) -> Money {
        Money(money::Money { minor, currency: self.currency })
    }
}

/// Where a bid stands among those for a lot, and why.
#[Object]
impl EvaluationRow {
    /// The bid.
    async fn bid(&self, ctx: &Context<'_>) -> Result<Option<Bid>> {
        BidLoaders::bid(ctx, self.ranked.bid).await
    }

    /// Its place, from 1. Ties are broken by the lower compared price, then by who sealed earlier.
    fn rank(&self) -> i64 {
        self.ranked.rank
    }

    /// What it has, of 100 points, rounded half to even to a thousandth; ranks follow the exact sum.
    fn points(&self) -> Decimal {
        thousandths(self.ranked.points)
    }

    /// What the bid comes to for the lot.
    fn amount(&self) -> Money {
        self.money(self.ranked.amount_minor)
    }

    /// What all of the lot would cost at its price as it was compared: with what a margin of preference adds, and for the whole
    /// quantity, since bids may offer less. It is never what is paid.
    fn compared_amount(&self) -> Money {
        self.money(self.ranked.compared_minor)
    }

    /// What a margin of preference did to it; null where the request has none for the lot.
    async fn preference(&self) -> Option<PreferenceApplied> {
        self.ranked.preference.map(PreferenceApplied)
    }

    /// What it has by each criterion; null for whoever sees only the summary.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn criteria(&self) -> Option<Vec<WeightedPoints>> {
        self.is_whole.then(|| self.ranked.criteria.iter().copied().map(WeightedPoints).collect())
    }

    /// Scores of it that are missing.
    fn missing_scores(&self) -> i64 {
        self.ranked.missing_scores
    }
}

/// What a margin of preference did to a bid.
#[derive(Debug, Clone, Copy)]
pub struct PreferenceApplied(Preference);

/// What a margin of preference did to a bid: the price of whoever does not satisfy its definition is compared as if it were higher.
#[Object]
impl PreferenceApplied {
    /// The margin that was published.
    fn margin_percent(&self) -> Decimal {
        thousandths(self.0.margin)
    }

    /// By so much the price was raised to be compared.
    fn raised_by_percent(&self) -> Decimal {
        thousandths(self.0.raised)
    }

    /// The share of those behind the bid who satisfy the definition with the evidence that was published. Whoever is not in it may
    /// as well be not known.
    fn satisfied_share_percent(&self) -> Decimal {
        thousandths(self.0.satisfied)
    }
}

/// What a bid has by a criterion.
#[derive(Debug, Clone, Copy)]
pub struct WeightedPoints(Weighted);

/// What a bid has by a criterion.
#[Object]
impl WeightedPoints {
    /// The criterion.
    async fn criterion(&self, ctx: &Context<'_>) -> Result<Option<RequestCriterion>> {
        RequestLoaders::criterion(ctx, self.0.criterion).await
    }

    /// Of 100 points, rounded half to even to a thousandth.
    fn points(&self) -> Decimal {
        thousandths(self.0.points)
    }

    /// The criterion's weight; all are 100 % together.
    fn weight_percent(&self) -> Decimal {
        thousandths(self.0.weight)
    }

    /// Weight times points, exact.
    fn weighted(&self) -> Decimal {
        // Hundred-millionths of a point.
        Decimal(format_scaled(self.0.weighted, 8))
    }

    /// Scores by it that are missing; 0 where nobody scores it.
    fn missing_scores(&self) -> i64 {
        self.0.missing_scores
    }
}

/// A score as it was given.
#[derive(Debug, Clone)]
pub struct BidScore(pub(super) GivenScore);

/// What somebody gave a bid by a criterion.
#[Object]
impl BidScore {
    /// The bid.
    async fn bid(&self, ctx: &Context<'_>) -> Result<Option<Bid>> {
        BidLoaders::bid(ctx, self.0.bid).await
    }

    /// The criterion.
    async fn criterion(&self, ctx: &Context<'_>) -> Result<Option<RequestCriterion>> {
        RequestLoaders::criterion(ctx, self.0.score.criterion).await
    }

    /// Who gave it; null where the caller may not see her account.
    async fn evaluator(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        AccountLoaders::user(ctx, self.0.score.evaluator).await
    }

    /// Of 100 points.
    fn points(&self) -> Decimal {
        thousandths(self.0.score.points)
    }

    /// Why she gave it so many points.
    fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }

    /// When it was scored.
    fn scored_at(&self) -> DateTime<Utc> {
        self.0.scored_at
    }
}

/// A bid as the caller has scored it.
#[derive(Debug, Clone)]
pub struct ScoredBid(pub procurement::ScoredBid);

/// A bid as the caller has scored it.
#[Object]
impl ScoredBid {
    /// The bid.
    async fn bid(&self, ctx: &Context<'_>) -> Result<Option<Bid>> {
        BidLoaders::bid(ctx, self.0.bid).await
    }

    /// All that she gave it so far.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn scores(&self) -> Vec<BidScore> {
        self.0.scores.iter().cloned().map(BidScore).collect()
    }
}

/// Whether somebody who evaluates has a conflict of interest.
#[derive(Debug, Clone)]
pub struct ConflictDeclaration(pub procurement::ConflictDeclaration);

/// Whether somebody who evaluates has a conflict of interest, by her own word.
#[Object]
impl ConflictDeclaration {
    /// About the bids on which request.
    async fn request(&self, ctx: &Context<'_>) -> Result<Option<ProcurementRequest>> {
        RequestLoaders::request(ctx, self.0.request).await
    }

    /// Whether she has one. As long as she says so, what she scored does not count.
    fn has_conflict(&self) -> bool {
        self.0.has_conflict
    }

    /// In her words.
    fn statement(&self) -> Option<&str> {
        self.0.statement.as_deref()
    }

    /// When it was declared.
    fn declared_at(&self) -> DateTime<Utc> {
        self.0.declared_at
    }
}
