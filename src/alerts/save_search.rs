//! A person keeps a search.

use super::{Alerts, SavedSearch, SavedSearchId, audit, check, store};
use crate::{
    accounts::Actor,
    kernel::{
        ErrorCode, Failure, Outcome, Rejections,
        idempotency::{self, Claimed},
    },
    notifications::Channel,
    search::FindListings,
};

/// A search to be kept.
#[derive(Debug)]
pub struct SaveSearch {
    /// What she calls it.
    pub name: String,
    /// The words.
    pub query: Option<String>,
    /// What narrows it: as for a search, of which order and page count for nothing.
    pub filter: FindListings,
    /// What was wrong with the filter already when it was read.
    pub wrong: Rejections,
    /// How she is told beside the product itself.
    pub channels: Vec<Channel>,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

impl Alerts {
    /// Keeps a search for the signed-in person. From now on she is told of what it finds.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], [`ErrorCode::EmptySearch`], [`ErrorCode::LimitReached`], and everything that
    /// `searchListings` finds wrong with the filter.
    pub async fn save_search(&self, actor: &Actor, command: SaveSearch) -> Outcome<SavedSearch> {
        let owner = actor.signed_in()?.id;
        let mut wrong = Rejections::default();
        let name = check::name(&command.name, &mut wrong);
        let query = check::words(command.query, &mut wrong);
        check::absorb(command.wrong, &mut wrong)?;
        let filter = self.check_filter(command.filter, &mut wrong)?;
        wrong.finish()?;
        // It is there, or the collector would not have let us pass.
        let name = name.ok_or_else(|| Failure::code(ErrorCode::Required))?;
        let terms = check::asked(query.as_deref(), &filter)?.terms();
        let channels = check::channels(command.channels);
        let now = self.knows.services.now();

        let tx = self.knows.services.db.begin().await?;
        let words: Vec<&str> = channels.iter().copied().map(Channel::as_str).collect();
        let input = (&name, &query, &filter, words);
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "saveSearch", &input, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                let found = store::searches::lock(&tx, owner, SavedSearchId::from_uuid(id)).await?;
                return found.ok_or_else(|| Failure::code(ErrorCode::NotFound));
            }
        };
        check::room_for_one_more(&tx, owner).await?;
        let search = SavedSearch {
            id: SavedSearchId::from_uuid(self.knows.services.ids.next_uuid()),
            owner,
            name,
            query,
            filter,
            channels,
            active: true,
            listens_since: now,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        store::searches::insert(&tx, &search).await?;
        store::terms::file(&tx, search.id, &terms).await?;
        audit::record(&tx, actor, "saved_search.save", (None, Some(&search)), now).await?;
        claim.finish(&tx, search.id.uuid()).await?;
        tx.commit().await?;
        Ok(search)
    }
}
