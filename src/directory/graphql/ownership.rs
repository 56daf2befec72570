//! Who owns and leads an organization, on the wire.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::{
    Certainty, EvidenceLevel, Loaders, OwnershipCriterion, OwnershipDefinition, OwnershipEvidence,
    OwnershipEvidenceConnection, OwnershipFact, OwnershipStatus, Percent, directory,
};
use crate::{
    connection,
    directory::{
        self,
        evidence::{EVIDENCE, evidence_key, evidence_page},
        model::{
            organization::Organization,
            ownership::{self, Actual, Fact, FactValue, OwnershipFacts, Required, RuleSet, Threshold},
        },
        ownership::{DECLARATIONS, declaration_key, declarations_page},
    },
    kernel::{
        graphql::{Date, failure, list_complexity, locale, page_args, page_complexity},
        locale::{Locale, message},
        page::encode_cursor,
    },
};

/// What an organization declared about who owns and leads it, and the evidence for that.
#[derive(Debug, Clone)]
pub struct OwnershipProfile {
    organization: Organization,
    last: Option<directory::Declaration>,
}

impl OwnershipProfile {
    /// The profile of an organization as it stands now.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub(super) async fn of(ctx: &Context<'_>, organization: &Organization) -> async_graphql::Result<Self> {
        let known = Loaders::ownership(ctx, organization.id, directory(ctx)?.today()).await?;
        Ok(Self { organization: organization.clone(), last: known.declaration.clone() })
    }

    fn facts(&self) -> OwnershipFacts {
        self.last.as_ref().map(|last| last.facts).unwrap_or_default()
    }
}

connection! {
    /// A page of declarations.
    OwnershipDeclarationConnection, OwnershipDeclarationEdge, OwnershipDeclaration
}

connection! {
    /// A page of ownership definitions.
    OwnershipRulesConnection, OwnershipRulesEdge, OwnershipRules
}

/// What an organization declared about who owns and leads it, and the evidence for that. A fact that was not declared is
/// null, which is neither zero nor no.
#[Object]
impl OwnershipProfile {
    /// Counts declarations from 1, for `expectedVersion`: the sequence of the last one, 0 where nothing was declared.
    fn version(&self) -> i64 {
        self.last.as_ref().map_or(0, |last| last.sequence)
    }

    /// Share of the organization that women own, in percent.
    fn women_owned_percent(&self) -> Option<Percent> {
        self.facts().women_owned_percent.map(Percent::from)
    }

    /// Share of the seats of the board that women hold, in percent.
    fn women_board_percent(&self) -> Option<Percent> {
        self.facts().women_board_percent.map(Percent::from)
    }

    /// Share of the management posts that women hold, in percent.
    fn women_management_percent(&self) -> Option<Percent> {
        self.facts().women_management_percent.map(Percent::from)
    }

    /// How many members are women.
    fn women_members(&self) -> Option<i64> {
        self.facts().women_members
    }

    /// How many members there are.
    fn total_members(&self) -> Option<i64> {
        self.facts().total_members
    }

    /// How many members are young women.
    fn young_women_members(&self) -> Option<i64> {
        self.facts().young_women_members
    }

    /// How many employees are women.
    fn women_employees(&self) -> Option<i64> {
        self.facts().women_employees
    }

    /// How many employees there are.
    fn total_employees(&self) -> Option<i64> {
        self.facts().total_employees
    }

    /// Whether a woman signs the legal documents and for the accounts.
    fn woman_signatory(&self) -> Option<bool> {
        self.facts().woman_signatory
    }

    /// Whether the organization is run independently of businesses that women do not own.
    fn operated_independently(&self) -> Option<bool> {
        self.facts().operated_independently
    }

    /// Whether a woman is chief executive or chief operating officer.
    fn woman_chief_executive(&self) -> Option<bool> {
        self.facts().woman_chief_executive
    }

    /// Whether there is a board of directors.
    fn has_board(&self) -> Option<bool> {
        self.facts().has_board
    }

    /// When the facts were last declared; null where nothing ever was.
    fn declared_at(&self) -> Option<DateTime<Utc>> {
        self.last.as_ref().map(|last| last.declared_at)
    }

    /// Everything that was ever declared, the newest first.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn declarations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<OwnershipDeclarationConnection> {
        let page = declarations_page(&page_args(first, after, last, before));
        let page = page.map_err(|error| failure(ctx, error.into()))?;
        let (slice, total) = Loaders::declarations(ctx, self.organization.id, page).await?;
        let turn = |row: directory::Declaration| {
            (encode_cursor(DECLARATIONS, &declaration_key(&row)), OwnershipDeclaration(row))
        };
        Ok(OwnershipDeclarationConnection::new(slice, turn, total))
    }

    /// The evidence that was submitted, the newest first. Members and those who review see all of it, others what was accepted.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<OwnershipEvidenceConnection> {
        let page = evidence_page(&page_args(first, after, last, before));
        let page = page.map_err(|error| failure(ctx, error.into()))?;
        let (slice, total) = Loaders::evidence_of(ctx, self.organization.id, page).await?;
        let turn =
            |row: directory::EvidenceRecord| (encode_cursor(EVIDENCE, &evidence_key(&row)), OwnershipEvidence(row));
        Ok(OwnershipEvidenceConnection::new(slice, turn, total))
    }
}

/// What was declared at one time.
#[derive(Debug, Clone)]
pub struct OwnershipDeclaration(pub directory::Declaration);

/// What was declared at one time: all facts as they stood then.
#[Object]
impl OwnershipDeclaration {
    /// Counts the organization's declarations, from 1.
    fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// The facts that were declared then, each with its value.
    #[graphql(complexity = "list_complexity(12, child_complexity)")]
    async fn facts(&self, ctx: &Context<'_>) -> Vec<DeclaredFact> {
        let language = locale(ctx);
        let declared = Fact::ALL.iter().filter_map(|fact| Some((*fact, self.0.facts.get(*fact)?)));
        declared.map(|(fact, value)| DeclaredFact { fact: fact.into(), value: value_text(value, language) }).collect()
    }

    /// When it was declared.
    fn declared_at(&self) -> DateTime<Utc> {
        self.0.declared_at
    }
}

/// A fact and its value.
#[derive(Debug, Clone, async_graphql::SimpleObject)]
pub(super) struct DeclaredFact {
    /// What is stated.
    pub fact: OwnershipFact,
    /// The value, in words of the request's language: `48.5 %`, `30`, `yes`.
    pub value: String,
}

/// An organization held against a definition, as of a day.
#[derive(Debug, Clone)]
pub struct OwnershipAssessment(pub ownership::Assessment);

/// An organization held against a definition, as of a day. Derived from facts and evidence, never typed in.
#[Object]
impl OwnershipAssessment {
    /// The definition.
    fn definition(&self) -> OwnershipDefinition {
        self.0.definition.into()
    }

    /// The answer.
    fn status(&self) -> OwnershipStatus {
        self.0.status.into()
    }

    /// How well the facts that decided are supported: the weakest of them. Null where the answer is `UNKNOWN`.
    fn evidence_level(&self) -> Option<EvidenceLevel> {
        self.0.evidence_level.map(EvidenceLevel::from)
    }

    /// What definitely fails, each with the nearest change that would mend it. Where a definition can be satisfied in
    /// several ways, the nearest is told. Empty unless the answer is `NO`.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    fn failing_criteria(&self) -> Vec<FailingCriterion> {
        self.0.failing_criteria.iter().copied().map(FailingCriterion).collect()
    }

    /// The facts that would have to be declared to know more.
    fn missing_facts(&self) -> Vec<OwnershipFact> {
        self.0.missing_facts.iter().copied().map(OwnershipFact::from).collect()
    }

    /// The day it was assessed for.
    fn as_of(&self) -> Date {
        Date(self.0.as_of)
    }

    /// The version of the rules that were applied; null where the definition had none on that day.
    fn rules_version(&self) -> Option<&str> {
        self.0.rules_version.as_deref()
    }
}

/// A criterion that definitely fails.
#[derive(Debug, Clone, Copy)]
pub struct FailingCriterion(ownership::FailingCriterion);

/// A criterion that definitely fails, and the nearest way to satisfy it. Texts are in the request's language.
#[Object]
impl FailingCriterion {
    /// What was looked at.
    fn criterion(&self) -> OwnershipCriterion {
        self.0.criterion.into()
    }

    /// What was found: `48 %`, `14 of 30 members (46.666 %)`, `no`.
    async fn actual(&self, ctx: &Context<'_>) -> String {
        let language = locale(ctx);
        match self.0.actual {
            Actual::Percent(percent) => percent_text(percent, language),
            Actual::Flag(flag) => flag_text(flag, language),
            Actual::Members { women, total } => {
                let share = ownership::Percent::of(women, total).unwrap_or(ownership::Percent::ZERO).to_string();
                let (women, total) = (women.to_string(), total.to_string());
                let args = [("women", women.as_str()), ("total", total.as_str()), ("percent", share.as_str())];
                message(language, "ownership-value-members", args)
            }
        }
    }

    /// What is needed: `more than 50 %`, `yes`.
    async fn required(&self, ctx: &Context<'_>) -> String {
        let language = locale(ctx);
        match self.0.required {
            Required::Yes => flag_text(true, language),
            Required::Share(threshold) => threshold_text(threshold, language),
        }
    }

    /// The nearest change, as advice: `Admit 3 more women as members.`
    async fn fix(&self, ctx: &Context<'_>) -> String {
        let args = self.0.fix.args();
        let args = args.iter().map(|(name, value)| (*name, value.as_str()));
        message(locale(ctx), self.0.fix.message_key(), args)
    }
}

/// A definition as it stands in a period.
#[derive(Debug, Clone)]
pub struct OwnershipRules(pub RuleSet);

/// A definition of women's ownership or leadership as it stands in a period. When a standard changes, a new version
/// follows; days before it are still assessed by the old one.
#[Object]
impl OwnershipRules {
    /// The definition.
    fn definition(&self) -> OwnershipDefinition {
        self.0.definition.into()
    }

    /// Names these very rules, for good.
    fn version(&self) -> &str {
        &self.0.version
    }

    /// The first day they are in force.
    fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }

    /// The last day they are in force; null until further notice.
    fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Date)
    }

    /// Where they come from.
    fn source(&self) -> &str {
        &self.0.source
    }

    /// How sure we are that they say what the source says.
    fn certainty(&self) -> Certainty {
        self.0.certainty.into()
    }

    /// The criteria they look at, in order. Where a definition can be satisfied in several ways, the criteria of all of
    /// them.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn criteria(&self, ctx: &Context<'_>) -> Vec<OwnershipRule> {
        let language = locale(ctx);
        let turn = |(criterion, required): (ownership::Criterion, Required)| OwnershipRule {
            criterion: criterion.into(),
            required: match required {
                Required::Yes => flag_text(true, language),
                Required::Share(threshold) => threshold_text(threshold, language),
            },
        };
        self.0.rule.criteria().into_iter().map(turn).collect()
    }
}

/// What a definition asks in one respect.
#[derive(Debug, Clone, async_graphql::SimpleObject)]
pub(super) struct OwnershipRule {
    /// What is looked at.
    pub criterion: OwnershipCriterion,
    /// What is needed, in the request's language.
    pub required: String,
}

pub(super) fn value_text(value: FactValue, language: Locale) -> String {
    match value {
        FactValue::Percent(percent) => percent_text(percent, language),
        FactValue::Count(count) => count.to_string(),
        FactValue::Flag(flag) => flag_text(flag, language),
    }
}

fn percent_text(percent: ownership::Percent, language: Locale) -> String {
    message(language, "ownership-value-percent", [("percent", percent.to_string().as_str())])
}

fn flag_text(flag: bool, language: Locale) -> String {
    message(language, if flag { "ownership-value-yes" } else { "ownership-value-no" }, [])
}

fn threshold_text(threshold: Threshold, language: Locale) -> String {
    let key = match threshold {
        Threshold::AtLeast(_) => "ownership-value-at-least",
        Threshold::MoreThan(_) => "ownership-value-more-than",
    };
    message(language, key, [("percent", threshold.percent().to_string().as_str())])
}
