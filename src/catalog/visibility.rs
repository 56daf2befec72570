//! Who sees which listings.

use super::model::{
    Listing, ListingStatus, ShownStatus,
    query::{ListingFilter, Scope},
};
use crate::accounts::{
    Actor, PlatformRole, Principal,
    policy::{Action, Facts, allowed},
};

impl Scope {
    /// What `actor` is shown of a list with this filter.
    ///
    /// Lists show the public what is published. Whoever may see more of an organization sees it when she asks for that
    /// organization, or for a state that is not public; so that a market's list never mixes with one's own drafts.
    pub(super) fn of(actor: &Actor, filter: &ListingFilter) -> Self {
        if let Some(organization) = filter.organization {
            let insider = allowed(actor, Action::ViewUnpublishedListings, &Facts::of(organization));
            return if insider { Self::Of(vec![organization]) } else { Self::Public };
        }
        match filter.status {
            None | Some(ShownStatus::Published | ShownStatus::SoldOut | ShownStatus::Expired) => Self::Public,
            Some(ShownStatus::Draft | ShownStatus::Paused | ShownStatus::Archived) => match &actor.principal {
                Principal::Anonymous => Self::Public,
                Principal::System => Self::Everything,
                Principal::User(user) => {
                    let reads_all = [PlatformRole::Admin, PlatformRole::Auditor]
                        .into_iter()
                        .any(|role| actor.has_platform_role(role));
                    let own = user.memberships.organizations();
                    if reads_all { Self::Everything } else { Self::Of(own) }
                }
            },
        }
    }
}

/// Whether `actor` may see a listing at all. `good_standing` is its organization's.
pub(super) fn visible(actor: &Actor, listing: &Listing, good_standing: bool) -> bool {
    (listing.status == ListingStatus::Published && good_standing)
        || allowed(actor, Action::ViewUnpublishedListings, &Facts::of(listing.organization))
}
