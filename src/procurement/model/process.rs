//! A process: what one thing is bought by, from the plan to the last payment.

crate::words! {
    /// What a process begins with.
    ProcessKind {
        /// A request that is bid on.
        Request = "REQUEST",
        /// An order from a listing.
        DirectOrder = "DIRECT_ORDER",
    }
}

crate::words! {
    /// What an event of a process is published as: OCDS 1.1.5, codelist `releaseTag`.
    ReleaseTag {
        /// Something is planned.
        Planning = "planning",
        /// A request was published.
        Tender = "tender",
        /// A request was amended.
        TenderAmendment = "tenderAmendment",
        /// Something came to a request that changes none of its terms: an answer, its closing, the opening of its bids.
        TenderUpdate = "tenderUpdate",
        /// A request was cancelled, or led to nothing.
        TenderCancellation = "tenderCancellation",
        /// A lot was awarded.
        Award = "award",
        /// An award took force, or a complaint was filed or decided.
        AwardUpdate = "awardUpdate",
        /// An award was taken back.
        AwardCancellation = "awardCancellation",
        /// A contract was signed by all.
        Contract = "contract",
        /// A contract came to be, or somebody signed it.
        ContractUpdate = "contractUpdate",
        /// A change of a contract took force.
        ContractAmendment = "contractAmendment",
        /// Something was delivered or billed for the first time.
        Implementation = "implementation",
        /// Something was delivered, billed or paid.
        ImplementationUpdate = "implementationUpdate",
        /// A contract ended.
        ContractTermination = "contractTermination",
    }
}
