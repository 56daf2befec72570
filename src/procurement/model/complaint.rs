//! An appeal against what a buyer decided.

crate::words! {
    /// To whom an appeal goes.
    ComplaintLevel {
        /// To the buyer, who may mend it.
        Gracious = "GRACIOUS",
        /// To the review body, after the buyer.
        Review = "REVIEW",
    }
}

crate::words! {
    /// What became of an appeal.
    ComplaintStatus {
        /// It waits to be decided, and holds the award.
        Open = "OPEN",
        /// It was right.
        Upheld = "UPHELD",
        /// It was wrong.
        Rejected = "REJECTED",
        /// It could not be heard.
        Inadmissible = "INADMISSIBLE",
        /// Whoever filed it took it back.
        Withdrawn = "WITHDRAWN",
    }
}
