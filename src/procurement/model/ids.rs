//! What the room's things are identified by.

use crate::define_id;

define_id!(
    /// Identifies a procurement request, and the process that begins with it.
    pub RequestId = "request"
);
define_id!(
    /// Identifies a lot of a request.
    pub RequestLotId = "requestlot"
);
define_id!(
    /// Identifies a criterion by which bids are judged.
    pub CriterionId = "criterion"
);
define_id!(
    /// Identifies what a request does for women.
    pub MeasureId = "measure"
);
define_id!(
    /// Identifies a question about a request.
    pub QuestionId = "question"
);
define_id!(
    /// Identifies a bid.
    pub BidId = "bid"
);
define_id!(
    /// Identifies an award.
    pub AwardId = "award"
);
define_id!(
    /// Identifies a complaint.
    pub ComplaintId = "complaint"
);

/// A part of a request that has an id of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// A lot.
    Lot,
    /// A criterion.
    Criterion,
    /// A gender measure.
    Measure,
}
