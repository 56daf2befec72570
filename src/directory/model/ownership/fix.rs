//! The nearest change that would satisfy a criterion, in terms a cooperative can act on.

use super::percent::Percent;
use super::rules::Threshold;

/// What to change, and by how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fix {
    /// Transfer a share of ownership to women.
    TransferOwnership(Gap),
    /// Give women a greater share of the management posts.
    RaiseManagementShare(Gap),
    /// Give women a greater share of the board.
    RaiseBoardShare(Gap),
    /// Admit so many more women; nobody has to leave.
    AdmitWomenMembers(i64),
    /// Make a woman signatory of legal documents and accounts.
    NameWomanSignatory,
    /// Run the organization independently.
    OperateIndependently,
    /// Make a woman chief executive or chief operating officer.
    AppointWomanChiefExecutive,
    /// The definition is for cooperatives only; another one may fit.
    ChooseAnotherDefinition,
}

/// How much is missing to a threshold, in points of percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The distance to the threshold itself.
    pub points: Percent,
    /// Whether the threshold must be exceeded, so that `points` alone are just not enough.
    pub exclusive: bool,
}

impl Gap {
    /// From a share to the threshold it misses.
    pub(super) fn to(threshold: Threshold, actual: Percent) -> Self {
        let missing = threshold.percent().thousandths() - actual.thousandths();
        Self {
            points: Percent::from_thousandths(missing).unwrap_or(Percent::ZERO),
            exclusive: matches!(threshold, Threshold::MoreThan(_)),
        }
    }
}

/// How many more women members it takes, if nobody leaves.
pub(super) fn women_to_admit(threshold: Threshold, women: i64, total: i64) -> i64 {
    let whole = i128::from(Percent::WHOLE.thousandths());
    let share = i128::from(threshold.percent().thousandths());
    // Each woman admitted closes the distance by what is left above the threshold; rules never ask for the whole.
    let distance = share * i128::from(total) - whole * i128::from(women);
    let step = (whole - share).max(1);
    let needed = match threshold {
        Threshold::AtLeast(_) => (distance + step - 1).div_euclid(step),
        Threshold::MoreThan(_) => distance.div_euclid(step) + 1,
    };
    i64::try_from(needed.max(1)).unwrap_or(i64::MAX)
}

impl Fix {
    /// The key of the message that says it.
    #[must_use]
    pub const fn message_key(self) -> &'static str {
        match self {
            Self::TransferOwnership(Gap { exclusive: false, .. }) => "ownership-fix-transfer-at-least",
            Self::TransferOwnership(Gap { exclusive: true, .. }) => "ownership-fix-transfer-more-than",
            Self::RaiseManagementShare(Gap { exclusive: false, .. }) => "ownership-fix-management-at-least",
            Self::RaiseManagementShare(Gap { exclusive: true, .. }) => "ownership-fix-management-more-than",
            Self::RaiseBoardShare(Gap { exclusive: false, .. }) => "ownership-fix-board-at-least",
            Self::RaiseBoardShare(Gap { exclusive: true, .. }) => "ownership-fix-board-more-than",
            Self::AdmitWomenMembers(_) => "ownership-fix-admit-women",
            Self::NameWomanSignatory => "ownership-fix-signatory",
            Self::OperateIndependently => "ownership-fix-independence",
            Self::AppointWomanChiefExecutive => "ownership-fix-chief-executive",
            Self::ChooseAnotherDefinition => "ownership-fix-cooperatives-only",
        }
    }

    /// The message's arguments.
    #[must_use]
    pub fn args(self) -> Vec<(&'static str, String)> {
        match self {
            Self::TransferOwnership(gap) | Self::RaiseManagementShare(gap) | Self::RaiseBoardShare(gap) => {
                vec![("points", gap.points.to_string())]
            }
            Self::AdmitWomenMembers(women) => vec![("women", women.to_string())],
            Self::NameWomanSignatory
            | Self::OperateIndependently
            | Self::AppointWomanChiefExecutive
            | Self::ChooseAnotherDefinition => Vec::new(),
        }
    }

    /// How far away it is, for choosing the nearest of several ways: points of percent in thousandths, with one
    /// woman to admit counted as one point and a change of person or statute as ten.
    pub(super) fn distance(self) -> i64 {
        match self {
            Self::TransferOwnership(gap) | Self::RaiseManagementShare(gap) | Self::RaiseBoardShare(gap) => {
                gap.points.thousandths() + i64::from(gap.exclusive)
            }
            Self::AdmitWomenMembers(women) => women.saturating_mul(1_000),
            Self::NameWomanSignatory | Self::OperateIndependently | Self::AppointWomanChiefExecutive => {
                CHANGE_OF_PERSON
            }
            Self::ChooseAnotherDefinition => i64::MAX,
        }
    }
}

/// What changing a person or a statute counts when the nearest way is chosen; also what an unknown fact counts.
pub(super) const CHANGE_OF_PERSON: i64 = 10_000;
