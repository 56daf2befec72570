//! Several sellers who together supply what none of them could alone.

use crate::accounts::OrganizationId;

/// Everything, in thousandths of a percent.
const WHOLE: i64 = 100_000;

/// A part that one seller would supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Who.
    pub organization: OrganizationId,
    /// How much, in grams.
    pub grams: i64,
    /// Her share in thousandths of a percent; all are 100,000 together.
    pub share: i64,
}

/// The fewest of these sellers who can supply so many grams together, those who have most first, with `lead` among them where
/// it is given; no more than `partners_max`. None where they cannot.
///
/// Taking those who have most first needs the fewest partners: whatever other choice fills the quantity, exchanging one of it
/// for a larger one that was left out fills it too.
#[must_use]
pub fn fewest(
    sellers: &[(OrganizationId, i64)],
    grams: i64,
    lead: Option<OrganizationId>,
    partners_max: usize,
) -> Option<Vec<Part>> {
    let mut order: Vec<(OrganizationId, i64)> = sellers.iter().copied().filter(|(_, has)| *has > 0).collect();
    order
        .sort_by_key(|(organization, has)| (Some(*organization) != lead, std::cmp::Reverse(*has), organization.uuid()));
    if lead.is_some_and(|lead| order.first().is_none_or(|(first, _)| *first != lead)) {
        return None;
    }
    let mut parts = Vec::new();
    let mut left = grams;
    for (organization, has) in order.into_iter().take(partners_max) {
        let part = has.min(left);
        parts.push(Part { organization, grams: part, share: 0 });
        left -= part;
        if left == 0 {
            return Some(shared(parts, grams));
        }
    }
    None
}

/// The parts with their shares: each rounded down, and what that leaves given to those who lost most by it.
fn shared(mut parts: Vec<Part>, grams: i64) -> Vec<Part> {
    let exact = |part: &Part| i128::from(part.grams) * i128::from(WHOLE);
    let whole = i128::from(grams);
    for part in &mut parts {
        part.share = i64::try_from(exact(part) / whole).unwrap_or(WHOLE);
    }
    let given: i64 = parts.iter().map(|part| part.share).sum();
    let mut losers: Vec<usize> = (0..parts.len()).collect();
    losers.sort_by_key(|index| std::cmp::Reverse(exact(&parts[*index]) % whole));
    let missing = usize::try_from(WHOLE - given).unwrap_or(0);
    for index in losers.into_iter().cycle().take(missing) {
        parts[index].share += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(number: u128) -> OrganizationId {
        OrganizationId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn the_largest_fill_first_and_the_last_gives_what_is_left() {
        let sellers = [(named(1), 300), (named(2), 500), (named(3), 400)];
        let parts = fewest(&sellers, 700, None, 10).unwrap();
        let told: Vec<_> = parts.iter().map(|part| (part.organization, part.grams, part.share)).collect();
        assert_eq!(told, [(named(2), 500, 71_429), (named(3), 200, 28_571)]);
    }

    #[test]
    fn whoever_leads_is_among_them_or_there_are_none() {
        let sellers = [(named(1), 300), (named(2), 500), (named(3), 400)];
        let parts = fewest(&sellers, 700, Some(named(1)), 10).unwrap();
        assert_eq!(parts.iter().map(|part| part.organization).collect::<Vec<_>>(), [named(1), named(2)]);
        assert_eq!(fewest(&sellers, 700, Some(named(9)), 10), None);
        assert_eq!(fewest(&sellers, 1_201, None, 10), None);
        assert_eq!(fewest(&sellers, 1_200, None, 2), None);
    }

    proptest! {
        #[test]
        fn parts_fill_the_quantity_and_shares_are_whole(has in proptest::collection::vec(0_i64..1_000_000, 1..12), asked in 1_i64..5_000_000) {
            let sellers: Vec<_> = has.iter().enumerate().map(|(index, has)| (named(index as u128 + 1), *has)).collect();
            let total: i64 = has.iter().sum();
            let found = fewest(&sellers, asked, None, 12);
            prop_assert_eq!(found.is_some(), total >= asked);
            let Some(parts) = found else { return Ok(()) };
            prop_assert_eq!(parts.iter().map(|part| part.grams).sum::<i64>(), asked);
            prop_assert_eq!(parts.iter().map(|part| part.share).sum::<i64>(), WHOLE);
            for part in &parts {
                prop_assert!(part.share >= 0);
                prop_assert!(part.grams <= has[usize::try_from(part.organization.uuid().as_u128() - 1).unwrap()]);
            }
            // Without any one of them the others, and those left out, who have no more, would need as many again.
            let fewer: i64 = {
                let mut sorted = has.clone();
                sorted.sort_unstable_by(|one, other| other.cmp(one));
                sorted.iter().take(parts.len() - 1).sum()
            };
            prop_assert!(fewer < asked);
        }
    }
}
