//! Somebody who takes part in a request appeals against what its buyer decided.

use serde::Serialize;
use serde_json::json;

use super::{
    Award, AwardId, AwardStatus, Change, ComplaintId, ComplaintLevel, ComplaintStatus, Procurement, ReleaseTag,
    Request, RequestId,
    journal::record,
    judge::{lock_request, refused, rules},
    model::{appeals::AppealRules, complaint::Complaint},
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    documents::{self, DocumentId},
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        clock::{Timestamp, rfc3339},
        db::WriteTx,
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

const GROUNDS: TextRule = TextRule { length_min: 10, length_max: 10_000, multiline: true };

/// Documents of an appeal at most.
const DOCUMENTS_MAX: usize = 20;

/// What is appealed against, and why.
#[derive(Debug, Clone, Serialize)]
pub struct FileComplaint {
    /// The request.
    pub request: RequestId,
    /// The award; none where it is about the request itself.
    pub award: Option<AwardId>,
    /// Who appeals.
    pub organization: OrganizationId,
    /// To whom.
    pub level: ComplaintLevel,
    /// Why.
    pub grounds: String,
    /// The appeal to the buyer that came before one to the review body.
    pub previous: Option<ComplaintId>,
    /// What shows it.
    pub documents: Vec<DocumentId>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Files an appeal. While it is open, no award that it is about takes force.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the request, the award, the earlier appeal or a document, [`ErrorCode::Forbidden`] for whoever
    /// may not, or takes no part in the request, [`ErrorCode::InvalidTransition`] where the award waits no more, or the
    /// organization has appealed so before, [`ErrorCode::GraciousAppealFirst`], [`ErrorCode::DeadlinePassed`], and what is wrong
    /// with the grounds.
    pub async fn file_complaint(&self, actor: &Actor, command: FileComplaint) -> Outcome<Complaint> {
        let now = self.services().now();
        policy::require(actor, Action::FileComplaints, &Facts::of(command.organization))?;
        let seen = self.request_for_anybody(actor, (command.request, "requestId")).await?;
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "fileComplaint", &command, now).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.complaint_again(ComplaintId::from_uuid(id)).await;
            }
        };
        let request = lock_request(&tx, seen.id).await?;
        if request.published_at.is_none() {
            return Err(refused(&["input", "requestId"], request.status.as_str(), "fileComplaint").into());
        }
        let award = match command.award {
            Some(id) => Some(award_appealed(&tx, &request, id).await?),
            None => None,
        };
        if !store::complaints::takes_part(&tx, request.id, command.organization).await? {
            return Err(UserError::new(ErrorCode::Forbidden, ["input", "organizationId"]).into());
        }
        let grounds = GROUNDS.check(&command.grounds, ["input", "grounds"])?;
        let earlier = store::complaints::of_request(&tx, request.id).await?;
        once(&command, &earlier)?;
        match command.level {
            ComplaintLevel::Gracious => in_time(&tx, &request, award.as_ref(), now).await?,
            ComplaintLevel::Review => after_gracious(&command, &earlier, now)?,
        }
        let path = ["input", "documentIds"];
        if command.documents.len() > DOCUMENTS_MAX {
            return Err(UserError::new(ErrorCode::TooLong, path).with("maximum", DOCUMENTS_MAX).into());
        }
        self.knows.documents.require_ready(&tx, command.organization, &command.documents, &path).await?;

        let complaint = Complaint {
            id: ComplaintId::from_uuid(self.services().ids.next_uuid()),
            request: request.id,
            award: command.award,
            organization: command.organization,
            level: command.level,
            previous: command.previous.filter(|_| command.level == ComplaintLevel::Review),
            status: ComplaintStatus::Open,
            grounds,
            filed_by: actor.user_id(),
            filed_at: now,
            decision: None,
            decided_by: None,
            decided_at: None,
            version: 1,
        };
        store::complaints::insert(&tx, &complaint).await?;
        documents::attach(&tx, &command.documents, ComplaintId::PREFIX, complaint.id.uuid()).await?;
        self.tell_filed(&tx, &request, &complaint).await?;
        let change = Change {
            process: request.id.uuid(),
            on_behalf_of: Some(complaint.organization),
            names_actor: true,
            action: "complaint.file",
            subject: (ComplaintId::PREFIX, complaint.id.uuid()),
            before: None,
            // Not the grounds, in which people may write of people.
            after: json!({
                "award": complaint.award,
                "organization": complaint.organization,
                "level": complaint.level,
                "previous": complaint.previous,
                "status": complaint.status,
            }),
            tag: Some(tag(&complaint)),
        };
        record(&tx, actor, now, change).await?;
        claim.finish(&tx, complaint.id.uuid()).await?;
        tx.commit().await?;
        Ok(complaint)
    }

    pub(super) async fn complaint_again(&self, id: ComplaintId) -> Outcome<Complaint> {
        let found = store::complaints::by_ids(&self.services().db, &[id]).await?.remove(&id);
        found.ok_or_else(|| Fault::corrupt("complaint", "it is gone").into())
    }
}

/// Refuses an appeal to the buyer that comes too late: counted from the award; where it is about the request itself, from its
/// last award or its end, and never too late before either.
async fn in_time(tx: &WriteTx, request: &Request, award: Option<&Award>, now: Timestamp) -> Outcome<()> {
    let rules_at = |from: Timestamp| rules(from).map(|rules| rules.after(from, rules.gracious_days));
    let until = match award {
        Some(award) => Some(rules(award.awarded_at)?.gracious_until(award)),
        None => {
            let awards = store::awards::of_requests(&**tx, &[request.id]).await?.remove(&request.id);
            let last = awards.unwrap_or_default().into_iter().map(|award| award.awarded_at).max();
            last.max(request.ended_at).map(rules_at).transpose()?
        }
    };
    match until {
        Some(until) if until <= now => Err(too_late(until).into()),
        Some(_) | None => Ok(()),
    }
}

/// The award, locked, if it is of the request and still waits: what is in force has its contract, and what ended harms nobody.
async fn award_appealed(tx: &WriteTx, request: &Request, id: AwardId) -> Outcome<Award> {
    let path = ["input", "awardId"];
    let award = store::awards::lock(tx, id).await?.filter(|award| award.request == request.id);
    let award = award.ok_or_else(|| UserError::new(ErrorCode::NotFound, path))?;
    match award.status {
        AwardStatus::Pending => Ok(award),
        AwardStatus::Active | AwardStatus::Cancelled | AwardStatus::Declined => {
            Err(refused(&path, award.status.as_str(), "fileComplaint").into())
        }
    }
}

/// Refuses a second appeal of an organization about the same thing to the same body, unless it took the first one back.
fn once(command: &FileComplaint, earlier: &[Complaint]) -> Outcome<()> {
    let same = |one: &&Complaint| {
        (one.organization, one.award, one.level) == (command.organization, command.award, command.level)
            && one.status != ComplaintStatus::Withdrawn
    };
    match earlier.iter().find(same) {
        Some(before) => Err(refused(&["input", "level"], before.status.as_str(), "fileComplaint").into()),
        None => Ok(()),
    }
}

/// Refuses an appeal to the review body that no appeal to the buyer about the same thing came before, or that comes too late after
/// it.
fn after_gracious(command: &FileComplaint, earlier: &[Complaint], now: Timestamp) -> Outcome<()> {
    let path = ["input", "previousComplaintId"];
    let Some(id) = command.previous else {
        return Err(UserError::new(ErrorCode::GraciousAppealFirst, path).into());
    };
    let own = |one: &&Complaint| one.id == id && one.organization == command.organization;
    let before = earlier.iter().find(own).ok_or_else(|| UserError::new(ErrorCode::NotFound, path))?;
    let rules: &AppealRules = rules(before.filed_at)?;
    let until = rules.review_until(before, now).filter(|_| before.award == command.award);
    match until {
        None => Err(UserError::new(ErrorCode::GraciousAppealFirst, path).into()),
        Some(until) if until <= now => Err(too_late(until).into()),
        Some(_) => Ok(()),
    }
}

fn too_late(until: Timestamp) -> UserError {
    let path = ["input", "requestId"];
    UserError::new(ErrorCode::DeadlinePassed, path).with("deadline", rfc3339(until))
}

/// As what an appeal, or its decision, is published.
pub(super) const fn tag(complaint: &Complaint) -> ReleaseTag {
    if complaint.award.is_some() { ReleaseTag::AwardUpdate } else { ReleaseTag::TenderUpdate }
}
