//! The audit trail in GraphQL.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::{Loaders, User, actor, room};
use crate::{
    accounts::{
        OrganizationId, UserId,
        audit_trail::{AUDIT_TRAIL, Keepers, Share},
    },
    connection,
    contracts::graphql as contracts,
    kernel::{
        ErrorCode, UserError,
        audit::StoredEntry,
        graphql::{Json, failure, loaders, page_complexity, wants_total_count},
        id,
        page::{PageArgs, encode_cursor},
    },
    procurement::graphql as procurement,
};

/// The audit log's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// Every change of one thing, newest first: who, when, from what to what. For those who keep the organization that the thing
    /// belongs to, for the person whose account it is, and for the platform's auditors; to others the thing is not found. What
    /// is under a contract is shown to those who keep its suppliers, too: contract, deliveries, invoices and payments, and its award
    /// without how bids compared.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thing: any id of this API.")] subject_id: ID,
        #[graphql(desc = "How many from the newest; 20 where neither is given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the oldest.")] last: Option<i32>,
        #[graphql(desc = "Only entries before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<AuditEntryConnection> {
        let (_, subject) = id::decode(&subject_id).map_err(|_| {
            failure(ctx, UserError::new(ErrorCode::InvalidId, ["subjectId"]).with("expected", "node").into())
        })?;
        let args = PageArgs { first, after, last, before };
        let chain = room(ctx)?.audit_chain(subject).await.map_err(|error| failure(ctx, error))?;
        // What happens in a process stands in a chain of its own, which is the buyer's to show.
        let whole = match chain {
            Some(chain) => procurement::audit_chain_buyer(ctx, chain).await?,
            None => None,
        };
        let partners = if whole.is_some() { contracts::suppliers_concerned(ctx, subject).await? } else { Vec::new() };
        let keepers = Keepers { whole, partners };
        let of = (subject, chain, &keepers);
        let trail = room(ctx)?.audit_trail(actor(ctx), of, &args, wants_total_count(ctx)).await;
        let ((entries, total), share) = trail.map_err(|error| failure(ctx, error))?;
        let edge = |mut entry: StoredEntry| {
            if share == Share::Partners {
                contracts::show_to_suppliers(&mut entry);
            }
            (encode_cursor(AUDIT_TRAIL, &entry.key()), AuditEntry(entry))
        };
        Ok(AuditEntryConnection::new(entries, edge, total))
    }
}

connection! {
    /// A page of the audit trail.
    AuditEntryConnection, AuditEntryEdge, AuditEntry
}

/// A change, as it was sealed into the audit log.
pub struct AuditEntry(StoredEntry);

/// A change, as it was sealed into the audit log's hash chain.
#[Object]
impl AuditEntry {
    /// The entry's place in its chain, counted from 1.
    fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// When the change was made.
    fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Who made it; null where the service itself did, or where the account is no more.
    async fn actor(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<User>> {
        let Some(user) = self.0.actor_user else { return Ok(None) };
        Ok(loaders::<Loaders>(ctx)?.people.get(ctx, UserId::from_uuid(user)).await?.map(User))
    }

    /// The id of the organization that she acted for; null for what concerns her own account alone.
    fn on_behalf_of(&self) -> Option<ID> {
        self.0.on_behalf_of.map(|organization| OrganizationId::from_uuid(organization).to_string().into())
    }

    /// What was done, such as `listing.publish`.
    fn action(&self) -> &str {
        &self.0.action
    }

    /// What it was done to.
    fn subject_id(&self) -> ID {
        id::encode(&self.0.subject_kind, self.0.subject_id).into()
    }

    /// What the thing was before, as far as it changed; null for something new.
    fn before(&self) -> Option<Json> {
        self.0.before.clone().map(Json)
    }

    /// What it became; null for something that ended.
    fn after(&self) -> Option<Json> {
        self.0.after.clone().map(Json)
    }

    /// The request that asked for it, as in the service's log.
    fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The SHA-256 that seals the entry to the one before, in hexadecimal.
    fn hash(&self) -> String {
        hex::encode(&self.0.hash)
    }
}
