//! Appeals on the wire.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{Award, AwardLoaders, id};
use crate::{
    connection,
    directory::graphql::{Loaders as DirectoryLoaders, Organization},
    documents::graphql::{self as documents, Document},
    kernel::{
        graphql::list_complexity,
        page::{Counted, encode_cursor},
    },
    procurement::{
        self, COMPLAINTS, ComplaintAction, ComplaintId, complaint_key,
        graphql::{Loaders as RequestLoaders, ProcurementRequest},
        model,
    },
};

/// To whom an appeal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::complaint::ComplaintLevel")]
pub enum ComplaintLevel {
    /// To the buyer, who may mend it.
    Gracious,
    /// To the review body, after the buyer.
    Review,
}

/// Where an appeal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::complaint::ComplaintStatus")]
pub enum ComplaintStatus {
    /// It waits to be decided, and holds what it is about.
    Open,
    /// It was right.
    Upheld,
    /// It was wrong.
    Rejected,
    /// It could not be heard.
    Inadmissible,
    /// Whoever filed it took it back.
    Withdrawn,
}

/// What is decided about an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ComplaintOutcome {
    /// It is right: the award that it is about is taken back.
    Upheld,
    /// It is wrong.
    Rejected,
    /// It cannot be heard.
    Inadmissible,
}

impl From<ComplaintOutcome> for ComplaintAction {
    fn from(outcome: ComplaintOutcome) -> Self {
        match outcome {
            ComplaintOutcome::Upheld => Self::Uphold,
            ComplaintOutcome::Rejected => Self::Reject,
            ComplaintOutcome::Inadmissible => Self::Dismiss,
        }
    }
}

/// An appeal against what a buyer decided.
#[derive(Debug, Clone)]
pub struct Complaint(pub procurement::Complaint);

connection! {
    /// A page of appeals.
    ComplaintConnection, ComplaintEdge, Complaint
}

/// An appeal against what a buyer decided. Whoever filed it, the buyer, and those who oversee the platform see it.
#[Object]
impl Complaint {
    /// Identifies the appeal.
    pub async fn id(&self) -> ID {
        id(self.0.id)
    }

    /// About which request; null where it cannot be seen any more.
    async fn request(&self, ctx: &Context<'_>) -> Result<Option<ProcurementRequest>> {
        RequestLoaders::request(ctx, self.0.request).await
    }

    /// Against which award; null where it is about the request itself.
    async fn award(&self, ctx: &Context<'_>) -> Option<Result<Award>> {
        AwardLoaders::award(ctx, self.0.award?).await.transpose()
    }

    /// Who appeals; null where it cannot be seen any more.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        DirectoryLoaders::organization(ctx, self.0.organization).await
    }

    /// To whom.
    fn level(&self) -> ComplaintLevel {
        self.0.level.into()
    }

    /// The appeal to the buyer that came before one to the review body.
    async fn previous(&self, ctx: &Context<'_>) -> Option<Result<Complaint>> {
        AwardLoaders::complaint(ctx, self.0.previous?).await.transpose()
    }

    /// Where it stands.
    fn status(&self) -> ComplaintStatus {
        self.0.status.into()
    }

    /// Why she appeals.
    fn grounds(&self) -> &str {
        &self.0.grounds
    }

    /// The documents that show it and that the caller may see.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<Document>> {
        documents::Loaders::documents_of(ctx, ComplaintId::PREFIX, self.0.id.uuid()).await
    }

    /// When it was filed.
    fn filed_at(&self) -> DateTime<Utc> {
        self.0.filed_at
    }

    /// What was decided, in words.
    fn decision(&self) -> Option<&str> {
        self.0.decision.as_deref()
    }

    /// When it was decided, or taken back.
    fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Counts its changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }
}

/// A page of appeals as a connection.
pub(super) fn complaint_connection((slice, total): Counted<procurement::Complaint>) -> ComplaintConnection {
    let edge = |complaint: procurement::Complaint| {
        (encode_cursor(COMPLAINTS, &complaint_key(&complaint)), Complaint(complaint))
    };
    ComplaintConnection::new(slice, edge, total)
}
