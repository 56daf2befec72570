//! A person changes a search that she keeps, pauses it, or sets it going again.

use super::{Alerts, SavedSearch, SavedSearchId, audit, check, store};
use crate::{
    accounts::Actor,
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        change::Change,
        idempotency::{self, Claimed},
    },
    notifications::Channel,
    search::FindListings,
};

/// What is to be different.
#[derive(Debug)]
pub struct UpdateSavedSearch {
    /// Which.
    pub id: SavedSearchId,
    /// What she calls it.
    pub name: Option<String>,
    /// The words.
    pub query: Change<String>,
    /// What narrows it.
    pub filter: Change<FindListings>,
    /// What was wrong with the filter already when it was read.
    pub wrong: Rejections,
    /// How she is told beside the product itself.
    pub channels: Option<Vec<Channel>>,
    /// Whether it is going.
    pub active: Option<bool>,
    /// Refuses the change if it is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

impl Alerts {
    /// Changes a saved search. One that asks for something else, or that is set going again, tells of what changes from now
    /// on; what it has found before it tells of no more.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], [`ErrorCode::NotFound`] for what is not hers, [`ErrorCode::VersionConflict`], and
    /// what [`Alerts::save_search`] says of the search.
    pub async fn update_saved_search(&self, actor: &Actor, command: UpdateSavedSearch) -> Outcome<SavedSearch> {
        let owner = actor.signed_in()?.id;
        let mut wrong = Rejections::default();
        let name = command.name.as_deref().and_then(|name| check::name(name, &mut wrong));
        let query = match command.query {
            Change::Keep => None,
            Change::Clear => Some(None),
            Change::Set(typed) => Some(check::words(Some(typed), &mut wrong)),
        };
        check::absorb(command.wrong, &mut wrong)?;
        let filter = match command.filter {
            Change::Keep => None,
            Change::Clear => Some(self.check_filter(FindListings::default(), &mut wrong)?),
            Change::Set(find) => Some(self.check_filter(find, &mut wrong)?),
        };
        wrong.finish()?;
        let channels = command.channels.map(check::channels);
        let now = self.knows.services.now();

        let tx = self.knows.services.db.begin().await?;
        let words: Option<Vec<&str>> =
            channels.as_ref().map(|channels| channels.iter().copied().map(Channel::as_str).collect());
        let input = (command.id, &name, &query, &filter, words, command.active, command.expected_version);
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "updateSavedSearch", &input, now).await?;
        let found = store::searches::lock(&tx, owner, command.id).await?;
        let before =
            found.ok_or_else(|| Failure::from(UserError::new(ErrorCode::NotFound, ["input", "savedSearchId"])))?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        before.expect_version(command.expected_version)?;
        let mut after = before.clone();
        after.name = name.unwrap_or(after.name);
        after.query = query.unwrap_or(after.query);
        after.filter = filter.unwrap_or(after.filter);
        after.channels = channels.unwrap_or(after.channels);
        after.active = command.active.unwrap_or(after.active);
        let asks_else = after.query != before.query || after.filter != before.filter;
        if asks_else || (after.active && !before.active) {
            after.listens_since = now;
        }
        after.version += 1;
        after.updated_at = now;
        let terms = check::asked(after.query.as_deref(), &after.filter)?.terms();
        store::searches::update(&tx, &after).await?;
        if asks_else || after.active != before.active {
            store::terms::unfile(&tx, after.id).await?;
            // What is paused is not looked up.
            if after.active {
                store::terms::file(&tx, after.id, &terms).await?;
            }
        }
        audit::record(&tx, actor, "saved_search.update", (Some(&before), Some(&after)), now).await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }
}
