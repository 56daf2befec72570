//! What may be saved.

use super::{
    Alerts,
    model::{Asked, SAVED_SEARCHES_MAX},
    store,
};
use crate::{
    accounts::UserId,
    kernel::{ErrorCode, Failure, Fault, Outcome, Rejections, UserError, db::WriteTx, text::TextRule},
    notifications::Channel,
    search::{FindListings, ListingCriteria, model::ListingFilter},
};

/// What a search is called.
const NAME: TextRule = TextRule { length_min: 1, length_max: 100, multiline: false };

/// What she calls it.
pub(super) fn name(typed: &str, wrong: &mut Rejections) -> Option<String> {
    wrong.take(NAME.check(typed, ["input", "name"]))
}

/// Each channel once.
pub(super) fn channels(mut asked: Vec<Channel>) -> Vec<Channel> {
    asked.sort_unstable();
    asked.dedup();
    asked
}

/// The words, if there are any.
pub(super) fn words(typed: Option<String>, wrong: &mut Rejections) -> Option<String> {
    let typed = typed.filter(|typed| !typed.trim().is_empty())?;
    wrong.take(TextRule::LINE.check(&typed, ["input", "query"]))
}

impl Alerts {
    /// What narrows the search, by the checks of `searchListings` itself.
    pub(super) fn check_filter(&self, mut find: FindListings, wrong: &mut Rejections) -> Outcome<ListingFilter> {
        // The words have a check of their own.
        find.query = None;
        let mut found = Rejections::default();
        let ListingCriteria { filter, .. } = self.knows.search.listing_criteria(&mut find, &mut found);
        for (field, values) in [("grades", &filter.grades), ("seasons", &filter.seasons)] {
            for value in values {
                found.take(TextRule::LINE.check(value, ["filter", field]));
            }
        }
        absorb(found, wrong)?;
        Ok(filter)
    }
}

/// The errors of a search, whose arguments are here fields of an input.
pub(super) fn absorb(found: Rejections, wrong: &mut Rejections) -> Result<(), Fault> {
    match found.finish() {
        Ok(()) => {}
        Err(Failure::Rejected(errors)) => {
            for mut error in errors {
                error.path.insert(0, "input".to_owned());
                wrong.push(error);
            }
        }
        Err(Failure::Fault(fault)) => return Err(fault),
    }
    Ok(())
}

/// What is asked for, unless that is everything there is.
pub(super) fn asked(words: Option<&str>, filter: &ListingFilter) -> Outcome<Asked> {
    // Its length was checked.
    let asked = Asked::new(words, filter).map_err(|error| Fault::Internal(error.to_string()))?;
    if asked.is_empty() {
        return Err(UserError::new(ErrorCode::EmptySearch, ["input", "query"]).into());
    }
    Ok(asked)
}

/// Goes on if she may keep one more. Another of hers that is being saved is waited for.
pub(super) async fn room_for_one_more(tx: &WriteTx, owner: UserId) -> Outcome<()> {
    store::searches::lock_owner(tx, owner).await?;
    if store::searches::count(tx, owner).await? >= SAVED_SEARCHES_MAX {
        let error = UserError::new(ErrorCode::LimitReached, ["input"]);
        return Err(error.with("maximum", SAVED_SEARCHES_MAX).into());
    }
    Ok(())
}
