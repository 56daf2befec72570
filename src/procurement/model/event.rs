//! What is told of processes to those who listen, and of which changes: by the names that changes have in the audit log.
//!
//! Nothing else of a change is told than that it happened: whoever delivers it reads what she tells of as the listener may see it.

use super::process::ReleaseTag;

crate::words! {
    /// What happened to a request.
    RequestEventKind {
        /// It was published.
        Published = "request.publish",
        /// It got another wording.
        Amended = "request.amend",
        /// A question about it was answered.
        QuestionAnswered = "question.answer",
        /// Its deadline has passed.
        Closed = "request.close",
        /// Its bids were opened.
        Opened = "request.open",
        /// The first of its bids was scored.
        Evaluating = "request.evaluate",
        /// Lots of it were awarded.
        Awarded = "award.make",
        /// An award took force.
        AwardActivated = "award.activate",
        /// An award was declined.
        AwardDeclined = "award.decline",
        /// An award was taken back.
        AwardCancelled = "award.cancel",
        /// An award fell by an appeal.
        AwardOverturned = "award.overturn",
        /// A lot of it was given up.
        LotClosed = "request.close_lot",
        /// The buyer gave it up.
        Cancelled = "request.cancel",
        /// It led to nothing.
        Ended = "request.end",
    }
}

crate::words! {
    /// What happened to a bid, or to the bids on a request.
    BidEventKind {
        /// It was sealed.
        Sealed = "bid.seal",
        /// Its bidder took it back.
        Withdrawn = "bid.withdraw",
        /// Its bidder said that it stands for the request as it was amended.
        Reconfirmed = "bid.reconfirm",
        /// All bids on the request were opened.
        Opened = "request.open",
        /// It was found to answer the request.
        Validated = "bid.validate",
        /// It was excluded.
        Disqualified = "bid.disqualify",
    }
}

impl BidEventKind {
    /// Whether it happens to sealed bids.
    #[must_use]
    pub const fn is_while_sealed(self) -> bool {
        match self {
            Self::Sealed | Self::Withdrawn | Self::Reconfirmed => true,
            Self::Opened | Self::Validated | Self::Disqualified => false,
        }
    }
}

/// As what a change is told, if it is. Of several awards made together the last is told, which is also what is published.
#[must_use]
pub fn told(action: &'static str, tag: Option<ReleaseTag>) -> Option<&'static str> {
    let request = action.parse::<RequestEventKind>().ok();
    let is_told = request.is_some() || action.parse::<BidEventKind>().is_ok();
    let is_one_of_several = request == Some(RequestEventKind::Awarded) && tag.is_none();
    (is_told && !is_one_of_several).then_some(action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_everybodys_or_the_bidders_business_is_not_told() {
        for action in ["request.create", "request.update", "bid.score", "question.ask", "conflict.declare", "bid.open"]
        {
            assert_eq!(told(action, None), None, "{action}");
        }
    }

    #[test]
    fn awards_made_together_are_told_once() {
        assert_eq!(told("award.make", None), None);
        assert_eq!(told("award.make", Some(ReleaseTag::Award)), Some("award.make"));
    }
}
