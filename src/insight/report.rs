//! Reports of how much of what is bought goes to women: who may have which, and how they are computed and verified.
//!
//! Who is signed in may have the report over all buyers; small groups are not shown there, and buyers are not told apart. Members of a
//! buyer may have that buyer's, and auditors and administrators of the platform may have every report: to them small groups are shown.

mod making;
mod names;
mod table;
mod verify;

use chrono::{Months, NaiveDate};

pub(super) use making::Making;
pub use names::ReportNames;
pub use table::{TableError, csv, xlsx};
pub use verify::{NotVerified, Verified, verify};

use super::{
    Insight,
    model::report::{
        cell::Tally,
        facts,
        scope::{GroupBy, Scope},
        told::{self, Report},
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    directory::model::ownership::{Definition, EvidenceLevel},
    kernel::{ErrorCode, Failure, Fault, Outcome, UserError},
};

/// How many months a report may be about.
const MONTHS_MAX: u32 = 120;

/// How many groups a report may have.
const GROUPS_MAX: usize = 500;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskReport {
    /// Whose purchases; none for those of all.
    pub buyer: Option<OrganizationId>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// By which definition.
    pub definition: Definition,
    /// With what evidence at least.
    pub at_least: EvidenceLevel,
    /// By what it is sliced.
    pub group_by: Option<GroupBy>,
}

impl Insight {
    /// The report that is asked for; with digests of the facts behind each number where `digests` are wanted, which means to read every
    /// fact instead of letting the database count them. What takes longer than whoever asks can wait is finished all the same, and there
    /// when it is asked for again.
    ///
    /// # Errors
    /// `Unauthenticated`, `Forbidden`, `InvalidPeriod`, or `OutOfRange` where the days are too many or the groups would be.
    pub async fn gender_report(&self, actor: &Actor, ask: AskReport, with_digests: bool) -> Outcome<Report> {
        let shows_all = may_see_small_groups(actor, &ask)?;
        let scope = self.report_scope(&ask)?;
        let counted = self.counted((scope, with_digests)).await?;
        if counted.tally.groups.len() > GROUPS_MAX {
            let error = UserError::new(ErrorCode::OutOfRange, ["groupBy"]);
            return Err(Failure::Rejected(vec![error.with("minimum", "1").with("maximum", GROUPS_MAX.to_string())]));
        }
        Ok(told::report(scope, &counted.tally, counted.digests.as_ref(), shows_all))
    }

    /// The numbers of a report, as the database counts them: for whoever holds them against [`Insight::report_facts`].
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn report_tally(&self, scope: &Scope) -> Result<Tally, Fault> {
        let reading = self.services.db.begin_reading().await?;
        store::report::tally(&reading, scope, &self.targets).await
    }

    /// The facts behind a report, in their order.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn report_facts(&self, scope: &Scope) -> Result<facts::Facts, Fault> {
        let reading = self.services.db.begin_reading().await?;
        store::report::facts(&reading, scope, &self.targets).await
    }

    fn report_scope(&self, ask: &AskReport) -> Outcome<Scope> {
        if ask.from > ask.to {
            return Err(Failure::Rejected(vec![UserError::new(ErrorCode::InvalidPeriod, ["to"])]));
        }
        let last = ask.from.checked_add_months(Months::new(MONTHS_MAX));
        if last.is_none_or(|last| ask.to > last) {
            let last = last.unwrap_or(ask.from).to_string();
            let error = UserError::new(ErrorCode::OutOfRange, ["to"]);
            return Err(Failure::Rejected(vec![error.with("minimum", ask.from.to_string()).with("maximum", last)]));
        }
        Ok(Scope {
            buyer: ask.buyer.map(OrganizationId::uuid),
            from: ask.from,
            to: ask.to,
            as_of: self.services.clock.today(),
            definition: ask.definition,
            at_least: ask.at_least,
            group_by: ask.group_by,
        })
    }
}

/// Whether the actor may see small groups of the report; refused where she may not have it at all.
fn may_see_small_groups(actor: &Actor, ask: &AskReport) -> Outcome<bool> {
    if let Some(buyer) = ask.buyer {
        policy::require(actor, Action::ViewReports, &Facts::of(buyer))?;
        return Ok(true);
    }
    let oversees = policy::require(actor, Action::ViewReports, &Facts::none());
    match oversees {
        Ok(()) => Ok(true),
        // How each buyer buys is for that buyer and for those who oversee all of them.
        Err(refused) if actor.user().is_none() || ask.group_by == Some(GroupBy::Buyer) => Err(refused),
        Err(_) => Ok(false),
    }
}
