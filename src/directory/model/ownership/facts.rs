//! What an organization says about itself: raw facts, each of which may be missing.

use super::super::text_enum::text_enum;
use super::percent::Percent;

text_enum! {
    /// One thing that can be declared about who owns and leads an organization.
    pub enum Fact {
        /// Share of the organization that women own, in percent.
        WomenOwnedPercent = "WOMEN_OWNED_PERCENT",
        /// Share of the seats of the board that women hold, in percent.
        WomenBoardPercent = "WOMEN_BOARD_PERCENT",
        /// Share of the management posts that women hold, in percent.
        WomenManagementPercent = "WOMEN_MANAGEMENT_PERCENT",
        /// How many members are women.
        WomenMembers = "WOMEN_MEMBERS",
        /// How many members there are.
        TotalMembers = "TOTAL_MEMBERS",
        /// How many members are young women.
        YoungWomenMembers = "YOUNG_WOMEN_MEMBERS",
        /// How many employees are women.
        WomenEmployees = "WOMEN_EMPLOYEES",
        /// How many employees there are.
        TotalEmployees = "TOTAL_EMPLOYEES",
        /// A woman signs the legal documents and for the accounts.
        WomanSignatory = "WOMAN_SIGNATORY",
        /// The organization is run independently of businesses that women do not own.
        OperatedIndependently = "OPERATED_INDEPENDENTLY",
        /// A woman is chief executive or chief operating officer.
        WomanChiefExecutive = "WOMAN_CHIEF_EXECUTIVE",
        /// There is a board of directors.
        HasBoard = "HAS_BOARD",
    }
}

/// The value of a fact, of whichever type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactValue {
    /// A share.
    Percent(Percent),
    /// A number of persons.
    Count(i64),
    /// Yes or no.
    Flag(bool),
}

/// Raw facts, as declared. A fact that nobody declared is `None`, which is neither zero nor no.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct OwnershipFacts {
    /// [`Fact::WomenOwnedPercent`]
    pub women_owned_percent: Option<Percent>,
    /// [`Fact::WomenBoardPercent`]
    pub women_board_percent: Option<Percent>,
    /// [`Fact::WomenManagementPercent`]
    pub women_management_percent: Option<Percent>,
    /// [`Fact::WomenMembers`]
    pub women_members: Option<i64>,
    /// [`Fact::TotalMembers`]
    pub total_members: Option<i64>,
    /// [`Fact::YoungWomenMembers`]
    pub young_women_members: Option<i64>,
    /// [`Fact::WomenEmployees`]
    pub women_employees: Option<i64>,
    /// [`Fact::TotalEmployees`]
    pub total_employees: Option<i64>,
    /// [`Fact::WomanSignatory`]
    pub woman_signatory: Option<bool>,
    /// [`Fact::OperatedIndependently`]
    pub operated_independently: Option<bool>,
    /// [`Fact::WomanChiefExecutive`]
    pub woman_chief_executive: Option<bool>,
    /// [`Fact::HasBoard`]
    pub has_board: Option<bool>,
}

/// What is wrong with facts taken together, or with one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactProblem {
    /// A number of persons is negative or beyond [`OwnershipFacts::PERSONS_MAX`].
    CountOutOfRange(Fact),
    /// The part is greater than the whole it is a part of.
    PartExceedsWhole {
        /// The greater one, which should be the smaller.
        part: Fact,
        /// What it is a part of.
        whole: Fact,
    },
    /// A share of the board is declared beside the statement that there is no board.
    BoardShareWithoutBoard,
}

impl OwnershipFacts {
    /// Whether they say that there is a board, outright or by a share of it.
    #[must_use]
    pub fn claims_board(&self) -> bool {
        self.women_board_percent.is_some() || self.has_board == Some(true)
    }

    /// No organization of this marketplace has more members or employees: a greater number is a slip of the finger.
    pub const PERSONS_MAX: i64 = 1_000_000;

    /// The value of one fact.
    #[must_use]
    pub fn get(&self, fact: Fact) -> Option<FactValue> {
        match fact {
            Fact::WomenOwnedPercent => self.women_owned_percent.map(FactValue::Percent),
            Fact::WomenBoardPercent => self.women_board_percent.map(FactValue::Percent),
            Fact::WomenManagementPercent => self.women_management_percent.map(FactValue::Percent),
            Fact::WomenMembers => self.women_members.map(FactValue::Count),
            Fact::TotalMembers => self.total_members.map(FactValue::Count),
            Fact::YoungWomenMembers => self.young_women_members.map(FactValue::Count),
            Fact::WomenEmployees => self.women_employees.map(FactValue::Count),
            Fact::TotalEmployees => self.total_employees.map(FactValue::Count),
            Fact::WomanSignatory => self.woman_signatory.map(FactValue::Flag),
            Fact::OperatedIndependently => self.operated_independently.map(FactValue::Flag),
            Fact::WomanChiefExecutive => self.woman_chief_executive.map(FactValue::Flag),
            Fact::HasBoard => self.has_board.map(FactValue::Flag),
        }
    }

    /// Everything in these facts that cannot be true, in the order of [`Fact::ALL`].
    #[must_use]
    pub fn problems(&self) -> Vec<FactProblem> {
        let mut problems = Vec::new();
        for &fact in Fact::ALL {
            if let Some(FactValue::Count(count)) = self.get(fact)
                && !(0..=Self::PERSONS_MAX).contains(&count)
            {
                problems.push(FactProblem::CountOutOfRange(fact));
            }
        }
        let parts = [
            (Fact::WomenMembers, Fact::TotalMembers),
            (Fact::YoungWomenMembers, Fact::WomenMembers),
            (Fact::YoungWomenMembers, Fact::TotalMembers),
            (Fact::WomenEmployees, Fact::TotalEmployees),
        ];
        for (part, whole) in parts {
            let told = problems
                .iter()
                .any(|problem| matches!(problem, FactProblem::PartExceedsWhole { part: known, .. } if *known == part));
            if let (Some(FactValue::Count(some)), Some(FactValue::Count(all))) = (self.get(part), self.get(whole))
                && some > all
                && !told
            {
                problems.push(FactProblem::PartExceedsWhole { part, whole });
            }
        }
        if self.has_board == Some(false) && self.women_board_percent.is_some() {
            problems.push(FactProblem::BoardShareWithoutBoard);
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_that_cannot_be_true_are_named() {
        let facts = OwnershipFacts {
            women_members: Some(31),
            total_members: Some(30),
            women_employees: Some(-1),
            total_employees: Some(2_000_000),
            women_board_percent: Some(Percent::WHOLE),
            has_board: Some(false),
            ..OwnershipFacts::default()
        };
        assert_eq!(
            facts.problems(),
            [
                FactProblem::CountOutOfRange(Fact::WomenEmployees),
                FactProblem::CountOutOfRange(Fact::TotalEmployees),
                FactProblem::PartExceedsWhole { part: Fact::WomenMembers, whole: Fact::TotalMembers },
                FactProblem::BoardShareWithoutBoard,
            ]
        );
    }

    #[test]
    fn young_women_are_a_part_of_the_women_even_when_the_women_were_not_counted() {
        let facts =
            OwnershipFacts { young_women_members: Some(9), total_members: Some(8), ..OwnershipFacts::default() };
        assert_eq!(
            facts.problems(),
            [FactProblem::PartExceedsWhole { part: Fact::YoungWomenMembers, whole: Fact::TotalMembers }]
        );
    }

    #[test]
    fn nothing_declared_is_no_contradiction() {
        assert_eq!(OwnershipFacts::default().problems(), []);
        assert!(Fact::ALL.iter().all(|fact| OwnershipFacts::default().get(*fact).is_none()));
    }

    #[test]
    fn every_fact_has_one_text_that_reads_back() {
        for fact in Fact::ALL {
            assert_eq!(fact.as_str().parse(), Ok(*fact));
        }
        assert!("women_owned".parse::<Fact>().is_err());
    }
}
