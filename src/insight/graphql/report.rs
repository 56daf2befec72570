//! Reports of how much of what is bought goes to women, on the wire.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};

use super::insight;
use crate::{
    accounts::{OrganizationId, graphql::actor},
    directory::graphql::{EvidenceLevel, OwnershipDefinition},
    insight::{
        AskReport, ReportNames,
        model::report::{
            figure::{self, Figure},
            indicators::Indicator,
            scope,
            told::{self, Names, Numbers, Told, decimals},
        },
    },
    kernel::{
        graphql::{Date, Decimal, LanguageCode, failure, fault, locale, read_id},
        locale::{Locale, message},
    },
};

/// By what the figures of a report are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "scope::GroupBy")]
pub enum ReportGroupBy {
    /// Who buys.
    Buyer,
    /// The region that is delivered to.
    Region,
    /// The product.
    Product,
    /// Who may bid; an order from a listing is `DIRECT`.
    Method,
    /// What a lot weighs.
    LotSize,
    /// The month.
    Period,
    /// The quarter.
    Quarter,
    /// How well the supplier's status is supported.
    EvidenceLevel,
}

/// In what a figure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "figure::Unit")]
pub enum IndicatorUnit {
    /// A share of a whole, 1 being all of it.
    Share,
    /// The difference of two shares.
    Gap,
    /// One rate by another, 1 being as much.
    Parity,
    /// An amount of money, in whole units of its currency.
    Amount,
    /// A number of things.
    Count,
    /// A number of days.
    Days,
    /// Minutes.
    Minutes,
    /// From 0 to 10,000, which is all in one hand.
    Index,
}

/// A report of how much of what is bought goes to women.
#[derive(Debug)]
pub struct GenderResponsiveReport {
    report: Arc<told::Report>,
    names: Arc<ReportNames>,
}

/// An indicator of a report.
#[derive(Debug)]
pub struct GenderIndicator {
    report: Arc<told::Report>,
    names: Arc<ReportNames>,
    position: usize,
}

/// A group of an indicator.
#[derive(Debug)]
pub struct IndicatorGroup {
    key: String,
    label: String,
    numbers: Numbers,
}

/// One figure of an indicator.
#[derive(Debug)]
pub struct IndicatorFigure(Figure);

/// The room's queries about reports.
#[derive(Debug, Default, Clone, Copy)]
pub struct ReportQuery;

#[Object]
impl ReportQuery {
    /// How much of what is bought goes to women: 23 indicators over frozen facts. Women, others and those of whom it is not known are
    /// always told apart, and what is not known is never counted as not.
    ///
    /// Everybody who is signed in may have it over all buyers, without small groups; members of a buyer, auditors and administrators may
    /// have a buyer's, whole.
    // Every award, bid, contract and payment of the period is counted.
    #[graphql(complexity = "200 + child_complexity")]
    async fn gender_responsive_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose purchases; those of all buyers where none is given.")] buyer_id: Option<ID>,
        #[graphql(desc = "The first day.")] from: Date,
        #[graphql(desc = "The last day, at most ten years later.")] to: Date,
        #[graphql(desc = "By which definition of women's ownership.")] definition: OwnershipDefinition,
        #[graphql(
            desc = "With what evidence at least; whoever lacks it counts as unknown. Self-declared suffices where it is left out."
        )]
        at_least_evidence: Option<EvidenceLevel>,
        #[graphql(desc = "By what figures are told apart.")] group_by: Option<ReportGroupBy>,
    ) -> Result<GenderResponsiveReport> {
        let buyer = buyer_id.map(|buyer| read_id::<OrganizationId, _>(&buyer, OrganizationId::PREFIX, ["buyerId"]));
        let ask = AskReport {
            buyer: buyer.transpose().map_err(|error| failure(ctx, error.into()))?,
            from: from.0,
            to: to.0,
            definition: definition.into(),
            at_least: at_least_evidence.unwrap_or(EvidenceLevel::SelfDeclared).into(),
            group_by: group_by.map(Into::into),
        };
        let (room, actor) = (insight(ctx)?, actor(ctx));
        let digests = wants_digests(ctx);
        let report = Box::pin(room.gender_report(actor, ask, digests)).await.map_err(|error| failure(ctx, error))?;
        let names = room.report_names(actor, &report, locale(ctx)).await.map_err(|error| fault(ctx, &error))?;
        Ok(GenderResponsiveReport { report: Arc::new(report), names: Arc::new(names) })
    }
}

/// Whether digests are asked for: they cost the reading of every fact.
fn wants_digests(ctx: &Context<'_>) -> bool {
    let indicators = ctx.look_ahead().field("indicators");
    indicators.field("digest").exists() || indicators.field("groups").field("digest").exists()
}

/// A report of how much of what is bought goes to women.
#[Object]
impl GenderResponsiveReport {
    /// The first day.
    async fn from(&self) -> Date {
        Date(self.report.scope.from)
    }

    /// The last day.
    async fn to(&self) -> Date {
        Date(self.report.scope.to)
    }

    /// The day on which it was computed: what falls due later is not due yet.
    async fn as_of(&self) -> Date {
        Date(self.report.scope.as_of)
    }

    /// By which definition of women's ownership.
    async fn definition(&self) -> OwnershipDefinition {
        self.report.scope.definition.into()
    }

    /// With what evidence at least.
    async fn at_least_evidence(&self) -> EvidenceLevel {
        self.report.scope.at_least.into()
    }

    /// By what figures are told apart.
    async fn group_by(&self) -> Option<ReportGroupBy> {
        self.report.scope.group_by.map(Into::into)
    }

    /// The indicators, in their order.
    async fn indicators(&self) -> Vec<GenderIndicator> {
        let of =
            |position| GenderIndicator { report: Arc::clone(&self.report), names: Arc::clone(&self.names), position };
        (0..self.report.indicators.len()).map(of).collect()
    }
}

impl GenderIndicator {
    fn told(&self) -> Result<&Told> {
        self.report.indicators.get(self.position).ok_or_else(|| "the report has fewer indicators".into())
    }

    fn number(&self, of: impl Fn(&Figure) -> Option<String>) -> Result<Option<Decimal>> {
        Ok(self.told()?.all.headline().and_then(of).map(Decimal))
    }
}

/// An indicator. What `women`, `nonWomen` and `unknown` are follows from it: what of the numerator or of all is theirs, or the same figure
/// of them alone; the documentation tells it indicator by indicator.
#[Object]
impl GenderIndicator {
    /// Which: `GRP-01` to `GRP-23`.
    async fn id(&self) -> Result<String> {
        let formula = self.told()?.indicator.formula;
        Ok(formula.split('@').next().unwrap_or(formula).to_owned())
    }

    /// Its name.
    async fn name(
        &self,
        #[graphql(desc = "In which language; by default that of the request.")] language: Option<LanguageCode>,
    ) -> Result<String> {
        let indicator: &Indicator = self.told()?.indicator;
        Ok(match language.map(Locale::from) {
            Some(language) => message(language, indicator.name, []),
            None => self.names.indicator(indicator),
        })
    }

    /// Its main figure. Null where nothing can be divided, where it stands in several currencies (see `parts`), or is suppressed.
    async fn value(&self) -> Result<Option<Decimal>> {
        self.number(|figure| decimals(figure)[0].clone())
    }

    /// What was divided.
    async fn numerator(&self) -> Result<Option<Decimal>> {
        self.number(|figure| decimals(figure)[1].clone())
    }

    /// By what.
    async fn denominator(&self) -> Result<Option<Decimal>> {
        self.number(|figure| decimals(figure)[2].clone())
    }

    /// In what it is told.
    async fn unit(&self) -> Result<Option<IndicatorUnit>> {
        Ok(self.told()?.all.headline().map(|figure| figure.unit.into()))
    }

    /// Of women.
    async fn women(&self) -> Result<Option<Decimal>> {
        self.number(|figure| decimals(figure)[3].clone())
    }

    /// Of others.
    async fn non_women(&self) -> Result<Option<Decimal>> {
        self.number(|figure| decimals(figure)[4].clone())
    }

    /// Of those of whom it is not known.
    async fn unknown(&self) -> Result<Option<Decimal>> {
        self.number(|figure| decimals(figure)[5].clone())
    }

    /// Whether its figures are withheld, because too few are behind them.
    async fn suppressed(&self) -> Result<bool> {
        Ok(self.told()?.all.withheld)
    }

    /// All its figures; the first is the one above.
    async fn parts(&self) -> Result<Vec<IndicatorFigure>> {
        Ok(self.told()?.all.figures.iter().cloned().map(IndicatorFigure).collect())
    }

    /// The same group by group, in the order of their keys.
    async fn groups(&self) -> Result<Vec<IndicatorGroup>> {
        let groups = self.told()?.groups.iter().map(|(key, numbers)| IndicatorGroup {
            key: key.clone(),
            label: self.names.group(key),
            numbers: numbers.clone(),
        });
        Ok(groups.collect())
    }

    /// SHA-256 over the facts behind it, the formula and what the report is about; null where it is suppressed.
    async fn digest(&self) -> Result<Option<String>> {
        Ok(self.told()?.all.digest.map(|digest| digest.to_string()))
    }

    /// The formula with its version, as `GRP-02@1`.
    async fn formula(&self) -> Result<&str> {
        Ok(self.told()?.indicator.formula)
    }
}

impl IndicatorGroup {
    fn number(&self, of: impl Fn(&Figure) -> Option<String>) -> Option<Decimal> {
        self.numbers.headline().and_then(of).map(Decimal)
    }
}

/// An indicator of one group.
#[Object]
impl IndicatorGroup {
    /// The group: an id, a code, a word, a month or a quarter; empty where none is known.
    async fn key(&self) -> &str {
        &self.key
    }

    /// As people call it.
    async fn label(&self) -> &str {
        &self.label
    }

    /// As of the indicator.
    async fn value(&self) -> Option<Decimal> {
        self.number(|figure| decimals(figure)[0].clone())
    }

    /// As of the indicator.
    async fn numerator(&self) -> Option<Decimal> {
        self.number(|figure| decimals(figure)[1].clone())
    }

    /// As of the indicator.
    async fn denominator(&self) -> Option<Decimal> {
        self.number(|figure| decimals(figure)[2].clone())
    }

    /// As of the indicator.
    async fn unit(&self) -> Option<IndicatorUnit> {
        self.numbers.headline().map(|figure| figure.unit.into())
    }

    /// As of the indicator.
    async fn women(&self) -> Option<Decimal> {
        self.number(|figure| decimals(figure)[3].clone())
    }

    /// As of the indicator.
    async fn non_women(&self) -> Option<Decimal> {
        self.number(|figure| decimals(figure)[4].clone())
    }

    /// As of the indicator.
    async fn unknown(&self) -> Option<Decimal> {
        self.number(|figure| decimals(figure)[5].clone())
    }

    /// Whether it is withheld, because too few are behind it or it would tell of another that is.
    async fn suppressed(&self) -> bool {
        self.numbers.withheld
    }

    /// All figures.
    async fn parts(&self) -> Vec<IndicatorFigure> {
        self.numbers.figures.iter().cloned().map(IndicatorFigure).collect()
    }

    /// As of the indicator.
    async fn digest(&self) -> Option<String> {
        self.numbers.digest.map(|digest| digest.to_string())
    }
}

/// One figure of an indicator. Decimals that do not come out even are rounded half to even to six digits; the numerator and the
/// denominator are exact.
#[Object]
impl IndicatorFigure {
    /// Which: empty, a word, a currency, or a word and a currency.
    async fn part(&self) -> &str {
        &self.0.part
    }

    /// In what it is told.
    async fn unit(&self) -> IndicatorUnit {
        self.0.unit.into()
    }

    /// The figure.
    async fn value(&self) -> Option<Decimal> {
        decimals(&self.0)[0].clone().map(Decimal)
    }

    /// What was divided.
    async fn numerator(&self) -> Option<Decimal> {
        decimals(&self.0)[1].clone().map(Decimal)
    }

    /// By what.
    async fn denominator(&self) -> Option<Decimal> {
        decimals(&self.0)[2].clone().map(Decimal)
    }

    /// Of women.
    async fn women(&self) -> Option<Decimal> {
        decimals(&self.0)[3].clone().map(Decimal)
    }

    /// Of others.
    async fn non_women(&self) -> Option<Decimal> {
        decimals(&self.0)[4].clone().map(Decimal)
    }

    /// Of those of whom it is not known.
    async fn unknown(&self) -> Option<Decimal> {
        decimals(&self.0)[5].clone().map(Decimal)
    }
}
