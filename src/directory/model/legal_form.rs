//! Legal forms, which kinds of organization may take them, and how many members they need.

use super::organization::OrganizationKind;
use super::text_enum::text_enum;

text_enum! {
    /// The legal form of an organization. Informal groups are as welcome as registered ones.
    pub enum LegalForm {
        /// Simplified cooperative society (société coopérative simplifiée): at least 5 members.
        Scoops = "SCOOPS",
        /// Cooperative society with a board (société coopérative avec conseil d'administration): at least 15 members.
        CoopCa = "COOP_CA",
        /// Union of cooperatives: at least 2 member cooperatives.
        CooperativeUnion = "COOPERATIVE_UNION",
        /// A company whose exact form is not stated.
        Company = "COMPANY",
        /// Limited liability company (société à responsabilité limitée).
        Sarl = "SARL",
        /// Public limited company (société anonyme).
        Sa = "SA",
        /// Simplified joint-stock company (société par actions simplifiée).
        Sas = "SAS",
        /// Economic interest grouping (groupement d'intérêt économique): at least 2 members.
        Gie = "GIE",
        /// One person trading in her own name, registered or not.
        SoleTrader = "SOLE_TRADER",
        /// Association.
        Association = "ASSOCIATION",
        /// A group without registration.
        InformalGroup = "INFORMAL_GROUP",
        /// The state, a local authority, or a body of theirs.
        PublicBody = "PUBLIC_BODY",
    }
}

/// How many members a legal form needs, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinimumMembers {
    /// The least number of members.
    pub members: i64,
    /// Act and articles.
    pub source: &'static str,
}

/// Why a legal form does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegalFormProblem {
    /// The kind of organization cannot take this form.
    NotForThisKind {
        /// The forms it can take.
        allowed: &'static [LegalForm],
    },
    /// Too few members for the form.
    TooFewMembers {
        /// What the form needs.
        required: MinimumMembers,
        /// What was declared.
        actual: i64,
    },
}

impl LegalForm {
    /// The members this form needs; `None` where the law sets no number above one.
    #[must_use]
    pub const fn minimum_members(self) -> Option<MinimumMembers> {
        match self {
            Self::Scoops => Some(MinimumMembers {
                members: 5,
                source: "OHADA, acte uniforme sur les sociétés coopératives, art. 204-205",
            }),
            Self::CoopCa => Some(MinimumMembers {
                members: 15,
                source: "OHADA, acte uniforme sur les sociétés coopératives, art. 267-268",
            }),
            Self::CooperativeUnion => Some(MinimumMembers {
                members: 2,
                source: "OHADA, acte uniforme sur les sociétés coopératives, art. 133",
            }),
            Self::Gie => Some(MinimumMembers {
                members: 2,
                source: "OHADA, acte uniforme sur les sociétés commerciales et le GIE, art. 869",
            }),
            Self::Company
            | Self::Sarl
            | Self::Sa
            | Self::Sas
            | Self::SoleTrader
            | Self::Association
            | Self::InformalGroup
            | Self::PublicBody => None,
        }
    }

    /// Whether this form can have no board of directors at all: one person is nobody's board.
    #[must_use]
    pub const fn is_boardless(self) -> bool {
        matches!(self, Self::SoleTrader)
    }
}

/// The legal forms that a kind of organization can take. Women's groups are cooperatives here whatever register, if
/// any, they stand in.
#[must_use]
pub const fn allowed_forms(kind: OrganizationKind) -> &'static [LegalForm] {
    use LegalForm::{
        Association, Company, CoopCa, CooperativeUnion, Gie, InformalGroup, PublicBody, Sa, Sarl, Sas, Scoops,
        SoleTrader,
    };
    match kind {
        OrganizationKind::Cooperative => &[Scoops, CoopCa, CooperativeUnion, Gie, Association, InformalGroup],
        OrganizationKind::Sme => &[Company, Sarl, Sa, Sas, Gie, SoleTrader, InformalGroup],
        OrganizationKind::MarketSeller => &[SoleTrader, Gie, Association, InformalGroup],
        OrganizationKind::Company => &[Company, Sarl, Sa, Sas, Gie, SoleTrader],
        OrganizationKind::PublicBody => &[PublicBody],
        OrganizationKind::Certifier => &[Company, Sarl, Sa, Sas, Gie, Association, PublicBody],
        OrganizationKind::SupportOrganization => {
            &[Association, CooperativeUnion, Company, Sarl, Sa, Sas, Gie, InformalGroup, PublicBody]
        }
    }
}

/// Holds a legal form against the kind of organization and, where it is known, the number of members.
///
/// # Errors
/// The first thing that speaks against the form.
pub fn check_legal_form(kind: OrganizationKind, form: LegalForm, members: Option<i64>) -> Result<(), LegalFormProblem> {
    let allowed = allowed_forms(kind);
    if !allowed.contains(&form) {
        return Err(LegalFormProblem::NotForThisKind { allowed });
    }
    match (form.minimum_members(), members) {
        (Some(required), Some(actual)) if actual < required.members => {
            Err(LegalFormProblem::TooFewMembers { required, actual })
        }
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scoops_with_three_members_is_told_why_not() {
        let problem = check_legal_form(OrganizationKind::Cooperative, LegalForm::Scoops, Some(3)).unwrap_err();
        let LegalFormProblem::TooFewMembers { required, actual } = problem else { panic!("{problem:?}") };
        assert_eq!((required.members, actual), (5, 3));
        assert!(required.source.contains("204-205"), "{}", required.source);
    }

    #[test]
    fn the_least_number_of_members_is_enough() {
        let check = |form, members| check_legal_form(OrganizationKind::Cooperative, form, members);
        assert_eq!(check(LegalForm::Scoops, Some(5)), Ok(()));
        assert_eq!(check(LegalForm::CoopCa, Some(15)), Ok(()));
        assert!(check(LegalForm::CoopCa, Some(14)).is_err());
        assert_eq!(check(LegalForm::CoopCa, None), Ok(()), "not counted yet is not too few");
        assert_eq!(check(LegalForm::InformalGroup, Some(1)), Ok(()));
    }

    #[test]
    fn a_form_that_does_not_fit_the_kind_is_refused_with_those_that_do() {
        let problem = check_legal_form(OrganizationKind::PublicBody, LegalForm::Scoops, None);
        assert_eq!(problem, Err(LegalFormProblem::NotForThisKind { allowed: &[LegalForm::PublicBody] }));
    }

    #[test]
    fn every_kind_can_take_some_form() {
        for kind in OrganizationKind::ALL {
            assert!(!allowed_forms(*kind).is_empty(), "{kind}");
        }
    }
}
