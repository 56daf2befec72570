//! The buyer finds that an opened bid answers the request, or excludes it with a reason.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Bid, BidId, BidStatus, Change, DisqualifiedReason, Procurement, RequestStatus,
    bids::SeenBid,
    journal::record,
    model::bid_lifecycle::{self, BidAction},
    revise_request::locked,
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        ErrorCode, Failure, Outcome, UserError,
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

const NOTE: TextRule = TextRule { length_min: 1, length_max: 2_000, multiline: true };

/// Which bid answers the request.
#[derive(Debug, Clone, Serialize)]
pub struct ValidateBid {
    /// The bid.
    pub bid: BidId,
    /// Refuses the change if the bid is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Which bid is excluded, and why.
#[derive(Debug, Clone, Serialize)]
pub struct DisqualifyBid {
    /// The bid.
    pub bid: BidId,
    /// Why.
    pub reason: DisqualifiedReason,
    /// In which words; needed where the reason is another than those that there are.
    pub note: Option<String>,
    /// Refuses the change if the bid is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What is decided about which bid.
struct Judged<'c> {
    bid: BidId,
    action: BidAction,
    disqualified: Option<(DisqualifiedReason, Option<String>)>,
    expected_version: Option<i64>,
    idempotency_key: Option<&'c str>,
}

impl Procurement {
    /// Finds that an opened bid answers the request though its opening found something to look at.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::ConflictOfInterest`] for a member of an organization that
    /// bids, [`ErrorCode::VersionConflict`], [`ErrorCode::InvalidTransition`].
    pub async fn validate_bid(&self, actor: &Actor, command: ValidateBid) -> Outcome<SeenBid> {
        let judged = Judged {
            bid: command.bid,
            action: BidAction::Validate,
            disqualified: None,
            expected_version: command.expected_version,
            idempotency_key: command.idempotency_key.as_deref(),
        };
        self.judge(actor, judged, &command).await
    }

    /// Excludes an opened bid. Its bidder and everybody who may see how bids are judged reads why.
    ///
    /// # Errors
    /// As [`Procurement::validate_bid`]; [`ErrorCode::AlreadyAwarded`] while an award to it stands, and what is wrong with the
    /// note.
    pub async fn disqualify_bid(&self, actor: &Actor, command: DisqualifyBid) -> Outcome<SeenBid> {
        let path = ["input", "note"];
        let note = match command.note.as_deref().map(str::trim).filter(|note| !note.is_empty()) {
            Some(note) => Some(NOTE.check(note, path)?),
            None if command.reason == DisqualifiedReason::Other => {
                return Err(UserError::new(ErrorCode::Required, path).into());
            }
            None => None,
        };
        let judged = Judged {
            bid: command.bid,
            action: BidAction::Disqualify,
            disqualified: Some((command.reason, note)),
            expected_version: command.expected_version,
            idempotency_key: command.idempotency_key.as_deref(),
        };
        self.judge(actor, judged, &command).await
    }

    async fn judge(&self, actor: &Actor, judged: Judged<'_>, input: &impl Serialize) -> Outcome<SeenBid> {
        let not_found = || Failure::from(UserError::new(ErrorCode::NotFound, ["input", "bidId"]));
        let Some(seen) = self.bid(actor, judged.bid).await? else {
            actor.signed_in()?;
            return Err(not_found());
        };
        self.request_for(actor, (seen.bid.request, "bidId"), Action::AwardBids).await?;
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, operation) = (actor.idempotency_scope(), operation(judged.action));
        let claim = idempotency::claim(&tx, scope, judged.idempotency_key, operation, input, now).await?;
        let request = locked(&tx, seen.bid.request).await?;
        let Claimed::New(claim) = claim else {
            drop(tx);
            return self.own_bid(actor, judged.bid).await;
        };
        let bid = store::bids::lock(&tx, judged.bid).await?.ok_or_else(not_found)?;
        if judged.expected_version.is_some_and(|expected| expected != bid.version) {
            let error = UserError::new(ErrorCode::VersionConflict, ["input", "expectedVersion"]);
            return Err(error.with("current", bid.version).into());
        }
        let status = bid_lifecycle::next(bid.status, judged.action).map_err(|refuses| refuses.at("bidId"))?;
        match request.status {
            RequestStatus::Opened | RequestStatus::Evaluating | RequestStatus::Awarding => {}
            RequestStatus::Draft
            | RequestStatus::Published
            | RequestStatus::Complete
            | RequestStatus::Cancelled
            | RequestStatus::Unsuccessful => {
                let error = UserError::new(ErrorCode::InvalidTransition, ["input", "bidId"]);
                let error = error.with("state", request.status.as_str()).with("action", judged.action.as_str());
                return Err(error.into());
            }
        }
        let organizations = actor.user().map(|user| user.memberships.organizations()).unwrap_or_default();
        if store::opening::bids_among(&tx, request.id, &organizations).await? {
            return Err(UserError::new(ErrorCode::ConflictOfInterest, ["input", "bidId"]).into());
        }
        if status == BidStatus::Disqualified && store::opening::is_awarded(&tx, bid.id).await? {
            return Err(UserError::new(ErrorCode::AlreadyAwarded, ["input", "bidId"]).into());
        }
        store::opening::judge(&tx, bid.id, status, judged.disqualified.as_ref()).await?;
        record(&tx, actor, now, change(&bid, request.buyer, status, judged.disqualified.as_ref())).await?;
        claim.finish(&tx, bid.id.uuid()).await?;
        tx.commit().await?;
        self.own_bid(actor, bid.id).await
    }
}

const fn operation(action: BidAction) -> &'static str {
    match action {
        BidAction::Validate => "validateBid",
        BidAction::Disqualify | BidAction::Withdraw | BidAction::Confirm | BidAction::Lapse | BidAction::Open => {
            "disqualifyBid"
        }
    }
}

fn change(
    bid: &Bid,
    buyer: crate::accounts::OrganizationId,
    status: BidStatus,
    disqualified: Option<&(DisqualifiedReason, Option<String>)>,
) -> Change {
    let mut after = json!({ "status": status });
    if let (Some((reason, note)), Value::Object(after)) = (disqualified, &mut after) {
        after.insert("reason".to_owned(), json!(reason));
        after.insert("note".to_owned(), json!(note));
    }
    let action = if disqualified.is_some() { "bid.disqualify" } else { "bid.validate" };
    Change {
        process: bid.request.uuid(),
        on_behalf_of: Some(buyer),
        names_actor: true,
        action,
        subject: (BidId::PREFIX, bid.id.uuid()),
        before: Some(json!({ "status": bid.status })),
        after,
        tag: Some(super::ReleaseTag::TenderUpdate),
    }
}
