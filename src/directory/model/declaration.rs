//! Declarations and evidence as they are kept: appended, never edited.

use chrono::NaiveDate;
use serde::Serialize;

use super::ownership::{Evidence, Fact, FactProblem, OwnershipFacts, Percent};
use super::review::Review;
use crate::accounts::{OrganizationId, UserId};
use crate::define_id;
use crate::documents::DocumentId;
use crate::kernel::change::Change;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{ErrorCode, UserError};

define_id!(
    /// Identifies a declaration of ownership facts.
    pub DeclarationId = "declaration"
);
define_id!(
    /// Identifies a piece of ownership evidence.
    pub EvidenceId = "evidence"
);

/// What an organization declared at one time: all its facts as they stood then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// Its id.
    pub id: DeclarationId,
    /// Who declared.
    pub organization: OrganizationId,
    /// Counts the organization's declarations, from 1; the last one holds.
    pub sequence: i64,
    /// The facts.
    pub facts: OwnershipFacts,
    /// The person who declared them.
    pub declared_by: UserId,
    /// When.
    pub declared_at: Timestamp,
}

/// A piece of evidence with what people need to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRecord {
    /// Its id.
    pub id: EvidenceId,
    /// Whose facts it supports.
    pub organization: OrganizationId,
    /// What it attests, and how well.
    pub evidence: Evidence,
    /// Who issued it.
    pub issuer: Option<String>,
    /// The document that was handed in.
    pub document: Option<DocumentId>,
    /// Who submitted it.
    pub submitted_by: UserId,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// What verifiers found, in order.
    pub reviews: Vec<Review>,
    /// The verifier who is looking at it, and until when.
    pub claimed: Option<(UserId, Timestamp)>,
}

impl EvidenceRecord {
    /// The verdict that settled the matter last; none while it waits.
    #[must_use]
    pub fn decision(&self) -> Option<&Review> {
        self.reviews.iter().rfind(|review| review.decides)
    }
}

/// Changes of facts: what is not mentioned stays as last declared, null withdraws a fact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FactChanges {
    /// [`Fact::WomenOwnedPercent`]
    pub women_owned_percent: Change<Percent>,
    /// [`Fact::WomenBoardPercent`]
    pub women_board_percent: Change<Percent>,
    /// [`Fact::WomenManagementPercent`]
    pub women_management_percent: Change<Percent>,
    /// [`Fact::WomenMembers`]
    pub women_members: Change<i64>,
    /// [`Fact::TotalMembers`]
    pub total_members: Change<i64>,
    /// [`Fact::YoungWomenMembers`]
    pub young_women_members: Change<i64>,
    /// [`Fact::WomenEmployees`]
    pub women_employees: Change<i64>,
    /// [`Fact::TotalEmployees`]
    pub total_employees: Change<i64>,
    /// [`Fact::WomanSignatory`]
    pub woman_signatory: Change<bool>,
    /// [`Fact::OperatedIndependently`]
    pub operated_independently: Change<bool>,
    /// [`Fact::WomanChiefExecutive`]
    pub woman_chief_executive: Change<bool>,
    /// [`Fact::HasBoard`]
    pub has_board: Change<bool>,
}

impl FactChanges {
    /// The facts as they are declared now. Who says that there is no board takes back the share of it that was
    /// declared before, and who declares a share says that there is one.
    #[must_use]
    pub fn over(mut self, last: &OwnershipFacts) -> OwnershipFacts {
        match (&self.has_board, &self.women_board_percent) {
            (Change::Set(false), Change::Keep) => self.women_board_percent = Change::Clear,
            (Change::Keep, Change::Set(_)) if last.has_board == Some(false) => self.has_board = Change::Set(true),
            (Change::Keep | Change::Clear | Change::Set(_), Change::Keep | Change::Clear | Change::Set(_)) => {}
        }
        OwnershipFacts {
            women_owned_percent: self.women_owned_percent.over(last.women_owned_percent),
            women_board_percent: self.women_board_percent.over(last.women_board_percent),
            women_management_percent: self.women_management_percent.over(last.women_management_percent),
            women_members: self.women_members.over(last.women_members),
            total_members: self.total_members.over(last.total_members),
            young_women_members: self.young_women_members.over(last.young_women_members),
            women_employees: self.women_employees.over(last.women_employees),
            total_employees: self.total_employees.over(last.total_employees),
            woman_signatory: self.woman_signatory.over(last.woman_signatory),
            operated_independently: self.operated_independently.over(last.operated_independently),
            woman_chief_executive: self.woman_chief_executive.over(last.woman_chief_executive),
            has_board: self.has_board.over(last.has_board),
        }
    }
}

/// The name of a fact's input field.
#[must_use]
pub const fn input_field(fact: Fact) -> &'static str {
    match fact {
        Fact::WomenOwnedPercent => "womenOwnedPercent",
        Fact::WomenBoardPercent => "womenBoardPercent",
        Fact::WomenManagementPercent => "womenManagementPercent",
        Fact::WomenMembers => "womenMembers",
        Fact::TotalMembers => "totalMembers",
        Fact::YoungWomenMembers => "youngWomenMembers",
        Fact::WomenEmployees => "womenEmployees",
        Fact::TotalEmployees => "totalEmployees",
        Fact::WomanSignatory => "womanSignatory",
        Fact::OperatedIndependently => "operatedIndependently",
        Fact::WomanChiefExecutive => "womanChiefExecutive",
        Fact::HasBoard => "hasBoard",
    }
}

/// What a contradiction tells the person, at the field to look at first.
#[must_use]
pub fn fact_error(problem: FactProblem) -> UserError {
    match problem {
        FactProblem::CountOutOfRange(fact) => UserError::new(ErrorCode::OutOfRange, ["input", input_field(fact)])
            .with("minimum", 0)
            .with("maximum", OwnershipFacts::PERSONS_MAX),
        FactProblem::PartExceedsWhole { part, whole } => {
            UserError::new(ErrorCode::Inconsistent, ["input", input_field(part)])
                .with("reason", format!("{} > {}", input_field(part), input_field(whole)))
        }
        FactProblem::BoardShareWithoutBoard => {
            UserError::new(ErrorCode::Inconsistent, ["input", input_field(Fact::WomenBoardPercent)])
                .with("reason", format!("{}, hasBoard = false", input_field(Fact::WomenBoardPercent)))
        }
    }
}

/// The last instant of a day, in Mali's own time, which is UTC: what was declared by then was known on that day.
#[must_use]
pub fn end_of_day(day: NaiveDate) -> Timestamp {
    day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN).and_utc() - chrono::TimeDelta::microseconds(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_a_microsecond_before_the_next() {
        let end = end_of_day("2026-11-23".parse().unwrap());
        assert_eq!(end.to_rfc3339(), "2026-11-23T23:59:59.999999+00:00");
    }

    #[test]
    fn what_is_not_mentioned_stays_and_null_withdraws() {
        let last = OwnershipFacts { women_members: Some(20), total_members: Some(30), ..OwnershipFacts::default() };
        let changes =
            FactChanges { total_members: Change::Set(31), women_members: Change::Clear, ..FactChanges::default() };
        let now = changes.over(&last);
        assert_eq!((now.total_members, now.women_members), (Some(31), None));
        assert_eq!(FactChanges::default().over(&last), last);
    }

    #[test]
    fn the_board_and_the_share_of_it_follow_each_other() {
        let with_share = OwnershipFacts { women_board_percent: Some(Percent::WHOLE), ..OwnershipFacts::default() };
        let dissolved = FactChanges { has_board: Change::Set(false), ..FactChanges::default() }.over(&with_share);
        assert_eq!((dissolved.has_board, dissolved.women_board_percent), (Some(false), None));
        let founded =
            FactChanges { women_board_percent: Change::Set(Percent::ZERO), ..FactChanges::default() }.over(&dissolved);
        assert_eq!((founded.has_board, founded.women_board_percent), (Some(true), Some(Percent::ZERO)));
        let both = FactChanges {
            has_board: Change::Set(false),
            women_board_percent: Change::Set(Percent::ZERO),
            ..FactChanges::default()
        };
        assert_eq!(both.over(&founded).problems(), [FactProblem::BoardShareWithoutBoard]);
    }
}
