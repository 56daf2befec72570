//! Who may do what: one pure function. Whatever it does not allow is forbidden.
//!
//! `tests/it/policy.rs` holds a snapshot of every role × action and fails on an action without a row.

use super::model::{Actor, OrganizationId, PlatformRole, Principal, Role};
use crate::kernel::{ErrorCode, Failure, Outcome};

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident,)*) => {
        /// Something that a person may or may not be allowed to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $action,)*
        }

        impl Action {
            /// Every action, for the policy's own test.
            pub const ALL: &'static [Self] = &[$(Self::$action,)*];
        }
    };
}

actions! {
    /// Register a new organization and become its owner.
    RegisterOrganization,
    /// Change an organization's description, contacts or place.
    UpdateOrganization,
    /// Declare who owns and leads the organization.
    DeclareOwnership,
    /// See the organization's members and invitations.
    ViewMembers,
    /// Invite a person below the rank of owner, change or end her membership.
    ManageMembers,
    /// Make or unmake an owner.
    ManageOwners,
    /// See the accounts of people that one shares no organization with.
    ViewPeople,
    /// Give or take a role on the platform.
    GrantPlatformRole,
    /// Draft, change, publish, pause and archive listings.
    ManageListings,
    /// See listings that are not published, and earlier versions.
    ViewUnpublishedListings,
    /// Hold stock of someone's listing for the organization.
    ReserveStock,
    /// Read the organization's audit trail.
    ViewAuditTrail,
    /// Record a certificate that a scheme's own register confirms.
    RecordCertificate,
    /// Hand in a certificate of the organization.
    SubmitCertificate,
    /// Hand in what attests the organization's declared facts.
    SubmitOwnershipEvidence,
    /// See what waits for a verifier, and what was refused.
    ViewReviews,
    /// Look at certificates and evidence that were handed in, and decide about them.
    Review,
    /// Hand in documents for the organization.
    UploadDocument,
    /// Remove documents of the organization that others handed in.
    DeleteDocument,
    /// See documents of the organization that are for those whom it deals with.
    ViewPartyDocuments,
    /// See documents of the organization that are for reviewers.
    ViewReviewedDocuments,
    /// See the organization's producers, their plots, and what they were paid.
    ViewProducers,
    /// Record producers and plots, and who belongs to which group.
    ManageProducers,
    /// Forget a producer.
    ForgetProducer,
    /// Record what happened to lots, and declare it an error.
    RecordEvents,
    /// Sign that more came out than the rule of yield allows.
    WaiveYield,
    /// See the organization's events, lots and recalls, whole.
    ViewEvents,
    /// Recall lots, and end the recall.
    RecallLots,
    /// Let a lot go that a correction or an inspection holds.
    ReleaseHold,
    /// Write, publish, amend and cancel the organization's requests, answer questions, and open bids.
    ManageRequests,
    /// See requests that are not published.
    ViewDraftRequests,
    /// Ask about requests and bid on them, for the organization.
    SubmitBids,
    /// See the organization's own sealed bids.
    ViewOwnBids,
    /// Score the bids on the organization's requests.
    EvaluateBids,
    /// See how bids on the organization's requests are judged.
    ViewEvaluation,
    /// Exclude bids, award lots of the organization's requests, and bring awards into force.
    AwardBids,
    /// Decline an award to the organization, and appeal against what a buyer decided.
    FileComplaints,
    /// Decide appeals that are made to the organization as the buyer.
    DecideComplaints,
    /// Write down what the review body decided.
    ReviewComplaints,
    /// Order from a listing.
    OrderDirectly,
    /// Sign contracts.
    SignContracts,
    /// Propose changes of contracts, and end them.
    ManageContracts,
    /// See the organization's contracts, with what was delivered, billed and paid.
    ViewContracts,
    /// Plan, send and receive deliveries.
    ManageDeliveries,
    /// Bill what was delivered, and confirm what was paid.
    BillContracts,
    /// Approve invoices, and record what was paid.
    PayInvoices,
    /// See what share of the organization's procurement goes to women, and all behind it.
    ViewReports,
    /// Read what other organizations wrote to the organization, and what it answered.
    ViewInquiries,
    /// Write to other organizations for the organization, mark what they wrote as read, and report it.
    WriteInquiries,
    /// Refuse to hear of another organization.
    BlockOrganization,
    /// See what was reported of inquiries, with the thread, and decide about it.
    ReviewInquiryReports,
    /// Bring in reference data: places, conversions.
    ImportReferenceData,
    /// Change the standing of an organization.
    ChangeStanding,
}

/// Who writes to other organizations for her own; whoever may answer is told what comes.
pub const INQUIRY_WRITERS: &[Role] = &[Role::Owner, Role::Manager, Role::Agent, Role::ProcurementOfficer];

/// What an action is done to, as far as the policy asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts {
    /// The organization concerned, if any.
    pub organization: Option<OrganizationId>,
}

impl Facts {
    /// About one organization.
    #[must_use]
    pub const fn of(organization: OrganizationId) -> Self {
        Self { organization: Some(organization) }
    }

    /// About none.
    #[must_use]
    pub const fn none() -> Self {
        Self { organization: None }
    }
}

/// Whether the actor may do this. Pure: it looks at nothing but its arguments.
#[must_use]
pub fn allowed(actor: &Actor, action: Action, facts: &Facts) -> bool {
    let user = match &actor.principal {
        Principal::Anonymous => return false,
        Principal::System => return true,
        Principal::User(user) => user,
    };
    let role = facts.organization.and_then(|organization| actor.role_in(organization));
    let member = |roles: &[Role]| role.is_some_and(|role| roles.contains(&role));
    let platform = |roles: &[PlatformRole]| user.platform_roles.iter().any(|role| roles.contains(role));
    match action {
        Action::RegisterOrganization => true,
        Action::UpdateOrganization
        | Action::DeclareOwnership
        | Action::SubmitCertificate
        | Action::SubmitOwnershipEvidence => member(&[Role::Owner, Role::Manager, Role::Agent]),
        Action::ViewMembers => role.is_some() || platform(&[PlatformRole::Admin, PlatformRole::Auditor]),
        Action::ManageMembers => member(&[Role::Owner, Role::Manager]),
        Action::ManageOwners => member(&[Role::Owner]),
        Action::ViewPeople => platform(&[PlatformRole::Admin, PlatformRole::Auditor]),
        // The operator's, at the machine: see `Principal::System` above.
        Action::GrantPlatformRole => false,
        Action::ManageListings => member(&[Role::Owner, Role::Manager, Role::Agent]),
        Action::ViewUnpublishedListings => role.is_some() || platform(&[PlatformRole::Admin, PlatformRole::Auditor]),
        Action::ReserveStock => member(&[Role::Owner, Role::Manager, Role::Agent, Role::ProcurementOfficer]),
        Action::ViewAuditTrail => {
            member(&[Role::Owner, Role::Manager]) || platform(&[PlatformRole::Admin, PlatformRole::Auditor])
        }
        Action::ViewReviews => platform(&[PlatformRole::Admin, PlatformRole::Auditor, PlatformRole::Verifier]),
        Action::RecordCertificate | Action::Review => platform(&[PlatformRole::Verifier]),
        Action::UploadDocument => member(&[Role::Owner, Role::Manager, Role::Agent, Role::ProcurementOfficer]),
        Action::DeleteDocument => member(&[Role::Owner, Role::Manager]),
        Action::ViewProducers => {
            member(&[Role::Owner, Role::Manager, Role::Agent])
                || platform(&[PlatformRole::Admin, PlatformRole::Auditor])
        }
        Action::ManageProducers | Action::RecordEvents => member(&[Role::Owner, Role::Manager, Role::Agent]),
        Action::ForgetProducer | Action::WaiveYield | Action::RecallLots => member(&[Role::Owner, Role::Manager]),
        Action::ViewEvents => role.is_some() || platform(PlatformRole::ALL),
        Action::ReleaseHold => platform(&[PlatformRole::Verifier]),
        Action::ViewPartyDocuments => role.is_some() || platform(PlatformRole::ALL),
        Action::ViewReviewedDocuments => member(&[Role::Owner, Role::Manager]) || platform(PlatformRole::ALL),
        Action::ManageRequests | Action::AwardBids | Action::DecideComplaints | Action::PayInvoices => {
            member(&[Role::Owner, Role::Manager, Role::ProcurementOfficer])
        }
        Action::ViewDraftRequests | Action::ViewEvaluation | Action::ViewContracts | Action::ViewReports => {
            role.is_some() || platform(&[PlatformRole::Admin, PlatformRole::Auditor])
        }
        Action::SubmitBids | Action::FileComplaints | Action::BillContracts => {
            member(&[Role::Owner, Role::Manager, Role::Agent])
        }
        // Neither admins nor auditors: before the opening a bid is the bidder's alone.
        Action::ViewOwnBids => member(&[Role::Owner, Role::Manager, Role::Agent]),
        Action::EvaluateBids => member(&[Role::Owner, Role::Manager, Role::ProcurementOfficer, Role::Evaluator]),
        Action::ReviewComplaints => platform(&[PlatformRole::Admin]),
        Action::OrderDirectly | Action::ManageContracts | Action::ManageDeliveries => {
            member(&[Role::Owner, Role::Manager, Role::Agent, Role::ProcurementOfficer])
        }
        Action::SignContracts => member(&[Role::Owner, Role::Manager, Role::ProcurementOfficer]),
        // Whoever scores bids does not read what bidders write.
        Action::ViewInquiries => member(INQUIRY_WRITERS) || member(&[Role::Viewer]),
        Action::WriteInquiries => member(INQUIRY_WRITERS),
        Action::BlockOrganization => member(&[Role::Owner, Role::Manager]),
        Action::ReviewInquiryReports => platform(&[PlatformRole::Admin]),
        Action::ImportReferenceData | Action::ChangeStanding => platform(&[PlatformRole::Admin]),
    }
}

/// Goes on if the actor may do this to something she can see.
///
/// # Errors
/// [`ErrorCode::Unauthenticated`] when nobody is signed in, else [`ErrorCode::Forbidden`].
pub fn require(actor: &Actor, action: Action, facts: &Facts) -> Outcome<()> {
    if allowed(actor, action, facts) {
        return Ok(());
    }
    Err(Failure::code(match actor.principal {
        Principal::Anonymous => ErrorCode::Unauthenticated,
        Principal::User(_) | Principal::System => ErrorCode::Forbidden,
    }))
}
