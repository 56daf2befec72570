//! A party ends a contract: gives it up before it took force, or ends it before it was carried out.

use serde::Serialize;
use serde_json::json;

use super::{
    Contract, ContractId, Contracts,
    access::{REASON, acting_for, expect_version},
    journal::Step,
    model::states::{ContractAction, ContractStatus, DeliveryAction},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    kernel::{
        Outcome,
        db::WriteTx,
        idempotency::{self, Claimed},
    },
    notifications::NoticeKind,
    procurement::ReleaseTag,
};

/// Who ends what, and why.
#[derive(Debug, Clone, Serialize)]
pub struct TerminateContract {
    /// The contract.
    pub contract: ContractId,
    /// Which party ends it.
    pub organization: OrganizationId,
    /// Why.
    pub reason: String,
    /// Refuses if another wording was proposed since.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Contracts {
    /// Ends a contract for a party. One that not all have signed is given up, and what was held for it goes back to its listing.
    /// One in force is ended: nothing is sent any more; what is on its way arrives, and what was accepted is billed and paid.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`], what is wrong with the reason.
    ///
    /// [`ErrorCode::NotFound`]: crate::kernel::ErrorCode::NotFound
    /// [`ErrorCode::Forbidden`]: crate::kernel::ErrorCode::Forbidden
    /// [`ErrorCode::InvalidTransition`]: crate::kernel::ErrorCode::InvalidTransition
    pub async fn terminate_contract(&self, actor: &Actor, command: TerminateContract) -> Outcome<Contract> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "terminateContract", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.contract_again(ContractId::from_uuid(id)).await;
            }
        };
        let whole = self.locked(&tx, actor, command.contract, "contractId").await?;
        acting_for(actor, &whole, command.organization, Action::ManageContracts)?;
        expect_version(command.expected_version, whole.contract.version)?;
        let action = match whole.contract.status {
            ContractStatus::Pending => ContractAction::Cancel,
            ContractStatus::Active
            | ContractStatus::Complete
            | ContractStatus::Terminated
            | ContractStatus::Cancelled => ContractAction::Terminate,
        };
        let status = whole.contract.status.transition(action, ["input", "contractId"])?;
        let reason = REASON.check(&command.reason, ["input", "reason"])?;
        let after =
            Contract { status, ended_at: Some(now), ended_reason: Some(reason.clone()), ..whole.contract.clone() };
        store::contracts::update(&tx, &after, now).await?;
        self.give_back(&tx, actor, &after, false).await?;
        let planned = store::deliveries::of_contracts(&*tx, &[after.id]).await?.remove(&after.id).unwrap_or_default();
        for mut delivery in planned {
            if let Some(status) = delivery.status.after(DeliveryAction::Cancel) {
                delivery.status = status;
                delivery.reason = Some(reason.clone());
                delivery.version += 1;
                store::deliveries::update(&tx, &delivery).await?;
            }
        }
        let others: Vec<OrganizationId> =
            whole.parties().into_iter().filter(|party| *party != command.organization).collect();
        self.tell(&tx, &others, (NoticeKind::ContractEnded, &after), &[("reason", reason.clone())]).await?;
        let step = Step {
            action: "contract.terminate",
            subject: (ContractId::PREFIX, after.id.uuid()),
            on_behalf_of: Some(command.organization),
            before: Some(json!({ "status": whole.contract.status })),
            after: json!({ "status": after.status, "reason": reason }),
            tag: Some(ReleaseTag::ContractTermination),
        };
        self.record(&tx, actor, &after, step).await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        self.contract_again(after.id).await
    }

    /// Gives what is still held for an order back to its listing.
    pub(super) async fn give_back(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        contract: &Contract,
        is_overdue: bool,
    ) -> Outcome<()> {
        let Some(reservation) = contract.reservation else { return Ok(()) };
        if let Some(held) = self.knows.catalog.held_stock(tx, reservation).await? {
            // What was sold, released or ran out is held no longer, and stays as it is.
            self.knows.catalog.give_back(tx, actor, &held, is_overdue).await?;
        }
        Ok(())
    }
}
