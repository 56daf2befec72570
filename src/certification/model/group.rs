//! Groups of producers that hold one certificate together.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    accounts::Identifier,
    kernel::{
        decimal,
        error::{ErrorCode, UserError},
    },
};

/// Decimals that hectares keep.
pub const HECTARE_DECIMALS: u32 = 3;

/// Under what conditions a group of producers may hold one certificate together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRule {
    /// Members at most.
    pub members_max: usize,
    /// Hectares that each member farms at most, as a decimal number, unless she earns no more than
    /// [`Self::turnover_xof_each_max`].
    pub hectares_each_max: String,
    /// Whole francs CFA a year that a member earns at most with what is certified, if she farms more than
    /// [`Self::hectares_each_max`].
    pub turnover_xof_each_max: i64,
}

impl GroupRule {
    /// [`Self::hectares_each_max`] in thousandths.
    ///
    /// # Errors
    /// When it is no number, which a test of the embedded schemes keeps from happening.
    pub fn hectares_max(&self) -> Result<i64, decimal::DecimalError> {
        decimal::parse_scaled(&self.hectares_each_max, HECTARE_DECIMALS)
    }
}

/// A producer of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMember {
    /// What the group calls her by.
    pub code: String,
    /// By which she is known in another group: [`person_digest`].
    pub person: Vec<u8>,
    /// What she farms, in thousandths of a hectare.
    pub hectares: i64,
    /// What she earns with what is certified, in whole francs CFA a year.
    pub turnover_xof: Option<i64>,
}

/// The number that a person is known by, in one spelling: a phone as it is called, anything else as capitals and digits.
///
/// # Errors
/// [`ErrorCode::TooShort`] at `path` for fewer than five signs, or more than a number has.
pub fn person_number<P: ToString>(typed: &str, path: impl IntoIterator<Item = P>) -> Result<String, UserError> {
    const LENGTH: std::ops::RangeInclusive<usize> = 5..=40;
    let plain: String =
        typed.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_uppercase).take(100).collect();
    if !LENGTH.contains(&plain.chars().count()) {
        return Err(UserError::new(ErrorCode::TooShort, path).with("minimum", LENGTH.start()));
    }
    Ok(match Identifier::parse(typed, ["identifier"]) {
        Ok(Identifier::Phone(phone)) => phone.as_str().to_owned(),
        Ok(Identifier::Email(_)) | Err(_) => plain,
    })
}

/// What a person is known by across groups, without her number being kept: a digest of it. Numbers of phones are few enough to
/// be tried one after the other, so it is personal data all the same, is shown to nobody, and goes with the certificate.
#[must_use]
pub fn person_digest(number: &str) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update("group member\n");
    hasher.update(number);
    hasher.finalize().to_vec()
}

/// Everything about a group that its scheme does not allow: too many members, one that is too large, one that is in it twice.
///
/// Regulation (EU) 2018/848, article 36: at most 2,000 members, each of whom farms at most 5 ha or earns at most 25,000 euros a
/// year with what is organic, and belongs to one group.
#[must_use]
pub fn problems(rule: &GroupRule, hectares_max: i64, members: &[GroupMember]) -> Vec<UserError> {
    let at = |index: usize, field: &str| {
        ["input".to_owned(), "groupMembers".to_owned(), index.to_string(), field.to_owned()]
    };
    let mut found = Vec::new();
    if members.len() > rule.members_max {
        let error = UserError::new(ErrorCode::TooLong, ["input", "groupMembers"]);
        found.push(error.with("maximum", rule.members_max));
    }
    let mut codes = std::collections::HashSet::new();
    let mut persons = std::collections::HashSet::new();
    for (index, member) in members.iter().enumerate() {
        let small = member.hectares <= hectares_max;
        let earns_little = member.turnover_xof.is_some_and(|turnover| turnover <= rule.turnover_xof_each_max);
        if !small && !earns_little {
            let error = UserError::new(ErrorCode::GroupMemberTooLarge, at(index, "hectares"));
            let hectares = decimal::format_scaled(member.hectares, HECTARE_DECIMALS);
            let error = error.with("member", &member.code).with("hectares", hectares);
            let error = error.with("maximum", &rule.hectares_each_max);
            found.push(error.with("turnover", rule.turnover_xof_each_max));
        }
        if !codes.insert(&member.code) {
            let error = UserError::new(ErrorCode::DuplicateGroupMember, at(index, "memberCode"));
            found.push(error.with("member", &member.code));
        }
        if !persons.insert(&member.person) {
            let error = UserError::new(ErrorCode::DuplicateGroupMember, at(index, "identifier"));
            found.push(error.with("member", &member.code));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> GroupRule {
        GroupRule { members_max: 3, hectares_each_max: "5".into(), turnover_xof_each_max: 16_398_925 }
    }

    fn member(code: &str, hectares: i64, turnover_xof: Option<i64>) -> GroupMember {
        GroupMember { code: code.into(), person: person_digest(code), hectares, turnover_xof }
    }

    fn codes(members: &[GroupMember]) -> Vec<(ErrorCode, String)> {
        let rule = rule();
        let found = problems(&rule, rule.hectares_max().unwrap(), members);
        found.into_iter().map(|error| (error.code, error.path[1..].join("."))).collect()
    }

    #[test]
    fn a_member_is_small_by_what_she_farms_or_by_what_she_earns() {
        let members = [member("1", 5_000, None), member("2", 60_000, Some(16_398_925)), member("3", 0, Some(1 << 40))];
        assert_eq!(codes(&members), []);
        let large = [member("1", 5_001, None), member("2", 60_000, Some(16_398_926))];
        let at = |index: usize| (ErrorCode::GroupMemberTooLarge, format!("groupMembers.{index}.hectares"));
        assert_eq!(codes(&large), [at(0), at(1)]);
    }

    #[test]
    fn nobody_is_in_a_group_twice_and_a_group_has_an_end() {
        let twice = [member("1", 0, None), GroupMember { code: "2".into(), ..member("1", 0, None) }];
        assert_eq!(codes(&twice), [(ErrorCode::DuplicateGroupMember, "groupMembers.1.identifier".into())]);
        let same_code = [member("1", 0, None), GroupMember { person: person_digest("x"), ..member("1", 0, None) }];
        assert_eq!(codes(&same_code), [(ErrorCode::DuplicateGroupMember, "groupMembers.1.memberCode".into())]);
        let many: Vec<GroupMember> = (0..4).map(|index| member(&index.to_string(), 0, None)).collect();
        assert_eq!(codes(&many), [(ErrorCode::TooLong, "groupMembers".into())]);
    }
}
