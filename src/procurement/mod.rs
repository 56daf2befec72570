//! What is bought, and from whom: requests, sealed bids, how they are judged, awards and appeals.
//!
//! A **request** asks for **lots**, each bid on and awarded by itself. It is drafted, published, perhaps amended, and closed
//! by the clock. A **bid** is sealed until then: encrypted, its bidder told by no row, its receipt a hash that proves later
//! what was sealed. Opened bids are judged by weighted criteria and by the request's own **gender measures**; what an
//! organization was under each definition of women's ownership is frozen with the bid, and again with the award. An **award**
//! takes force after its standstill, where no **complaint** is open; from then on the room above makes a contract of it.
//!
//! What holds at any time: nobody but the bidder reads anything of a bid before the opening; no bid is taken once the deadline
//! was seen to pass, whatever a clock says afterwards; a bid answers one wording of its request, and lapses where it was not
//! confirmed for the last; a lot has one award at a time; ranks follow from what was published and from nothing else; each
//! change stands in the hash chain of its process.

mod activate_award;
mod award_bid;
mod awards;
mod bids;
mod cancel_award;
mod cancel_request;
mod change_award;
mod close_due;
mod close_lot;
mod complaints;
mod create_request;
mod decide_complaint;
mod declare_conflict;
mod decline_award;
mod end_procurement;
mod evaluations;
mod file_complaint;
mod follow;
mod freeze;
pub mod graphql;
mod journal;
mod judge;
mod judge_bid;
mod keep_bid;
mod look_at_bids;
mod makes_contracts;
pub mod model;
mod open_bids;
mod personal;
mod pipeline;
mod public_questions;
mod publish_request;
mod questions;
mod requests;
mod revise_request;
mod score_bid;
mod sealing;
mod store;
mod submit_bid;
mod tell;
mod tell_awards;
mod whole_requests;
mod withdraw_complaint;
mod written;

use std::sync::Arc;

pub use activate_award::ActivateAward;
pub use award_bid::AwardBid;
pub use awards::{AWARDS, award_key};
pub use bids::{BIDS, BidContent, BidFilter, SeenBid, bid_key};
pub use cancel_award::CancelAward;
pub use cancel_request::CancelProcurementRequest;
pub use close_lot::CloseLot;
pub use complaints::{COMPLAINTS, complaint_key};
pub use create_request::CreateProcurementRequest;
pub use decide_complaint::DecideComplaint;
pub use declare_conflict::DeclareConflict;
pub use decline_award::DeclineAward;
pub use end_procurement::EndProcurement;
pub use evaluations::{Evaluation, LotEvaluation, ranking_of};
pub use file_complaint::FileComplaint;
pub use freeze::freeze;
pub use journal::{Change, begin, record, record_all};
pub use judge_bid::{DisqualifyBid, ValidateBid};
pub use keep_bid::OwnBid;
pub use makes_contracts::{Awarded, MakesContracts, NoContracts};
pub use model::{
    award::{Award, AwardAction, AwardFilter, AwardStatus},
    bid::{Bid, BidLot, BidPartner, BidStatus, DisqualifiedReason, OpenedBid},
    bid_lifecycle::{BidAction, ShownStatus},
    complaint::{Complaint, ComplaintAction, ComplaintFilter, ComplaintLevel, ComplaintStatus},
    evaluation::{Preference, Ranked, Score, Weighted},
    finding::{Finding, FindingKind},
    ids::{AwardId, BidId, ComplaintId, CriterionId, MeasureId, QuestionId, RequestId, RequestLotId},
    lifecycle::{Refused, RequestAction},
    offer::{LotDraft, OfferDraft, ReadOffer},
    process::{ProcessKind, ReleaseTag},
    request::{
        ContractTerms, Criterion, CriterionKind, GenderMeasure, MeasureKind, Method, QualityBound, Request, RequestLot,
        RequestLotStatus, RequestStatus, ShownRequestStatus, WholeRequest,
    },
    score::{ConflictDeclaration, GivenScore},
    status::{FrozenStatus, StatusOf},
};
pub use open_bids::{OpenBids, Opened};
pub use publish_request::PublishProcurementRequest;
pub use questions::{AnswerQuestion, AskQuestion};
pub use revise_request::ReviseRequest;
pub use score_bid::{ScoreBid, ScoreDraft, ScoredBid};
pub use sealing::{RotatedSealing, Sealing, check_sealing};
pub use submit_bid::SubmitBid;
pub use withdraw_complaint::WithdrawComplaint;

use crate::{
    catalog::{Catalog, model::taxonomy::Taxonomy},
    certification::Certification,
    directory::Directory,
    documents::Documents,
    kernel::{Fault, Services},
    notifications::Notifications,
};
use model::rules::Rules;

/// The room's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Procurement {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    notifications: Notifications,
    documents: Documents,
    directory: Directory,
    catalog: Catalog,
    certification: Certification,
    contracts: Arc<dyn MakesContracts>,
    sealing: Sealing,
    rules: Rules,
    /// What identifiers of processes begin with: `ocds-` and six signs.
    ocds_prefix: String,
}

impl Procurement {
    /// Opens the room: reads the embedded rules. Awards in force are handed to `contracts`.
    ///
    /// # Errors
    /// When the embedded data are not well-formed.
    pub fn new(
        services: Services,
        (notifications, documents): (Notifications, Documents),
        (directory, catalog, certification): (Directory, Catalog, Certification),
        (contracts, sealing): (Arc<dyn MakesContracts>, Sealing),
        ocds_prefix: String,
    ) -> Result<Self, Fault> {
        let rules = Rules::embedded().map_err(|error| Fault::Internal(error.to_string()))?;
        let knows = Known {
            services,
            notifications,
            documents,
            directory,
            catalog,
            certification,
            contracts,
            sealing,
            rules,
            ocds_prefix,
        };
        Ok(Self { knows: Arc::new(knows) })
    }

    /// Has another key seal bids from now on: see [`Sealing::rotate`].
    ///
    /// # Errors
    /// As there.
    pub async fn rotate_sealing_key(&self) -> Result<RotatedSealing, Fault> {
        self.knows.sealing.rotate(&self.knows.services).await
    }

    fn services(&self) -> &Services {
        &self.knows.services
    }

    fn taxonomy(&self) -> &Arc<Taxonomy> {
        self.knows.catalog.taxonomy()
    }

    /// What identifiers of processes begin with: `ocds-` and six signs.
    #[must_use]
    pub fn ocds_prefix(&self) -> &str {
        &self.knows.ocds_prefix
    }
}
