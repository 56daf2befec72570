//! A party signs the last wording that was proposed; once all have, it is in force.

use serde::Serialize;
use serde_json::json;

use super::{
    Contract, ContractId, Contracts, Line, Signature,
    access::{acting_for, expect_version},
    journal::Step,
    model::{
        contract::WholeContract,
        states::ContractAction,
        wording::{Version, check_line},
    },
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, UserId, policy::Action},
    catalog::model::ReservationStatus,
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        clock::{Timestamp, rfc3339},
        db::WriteTx,
        idempotency::{self, Claimed},
    },
    procurement::ReleaseTag,
};

/// Who signs what.
#[derive(Debug, Clone, Serialize)]
pub struct SignContract {
    /// The contract.
    pub contract: ContractId,
    /// For which party.
    pub organization: OrganizationId,
    /// Which wording was read: signs no other.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Contracts {
    /// Signs the last wording for a party. Once all have signed, it takes force: at first the contract does, and what was held of
    /// a listing is sold; later a change. Who has signed already has signed.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::VersionConflict`] where another wording was proposed since,
    /// [`ErrorCode::InvalidTransition`], [`ErrorCode::DeadlinePassed`] where an order's time to be signed is over,
    /// [`ErrorCode::OutOfRange`] where more was accepted meanwhile than a change leaves.
    pub async fn sign_contract(&self, actor: &Actor, command: SignContract) -> Outcome<Contract> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "signContract", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.contract_again(ContractId::from_uuid(id)).await;
            }
        };
        let whole = self.locked(&tx, actor, command.contract, "contractId").await?;
        acting_for(actor, &whole, command.organization, Action::SignContracts)?;
        expect_version(command.expected_version, whole.contract.version)?;
        whole.contract.status.transition(ContractAction::Sign, ["input", "contractId"])?;
        if whole.contract.pending_version().is_some() {
            self.sign(&tx, actor, whole, command.organization).await?;
        }
        claim.finish(&tx, command.contract.uuid()).await?;
        tx.commit().await?;
        self.contract_again(command.contract).await
    }

    /// Signs the last wording of a locked contract, and brings it into force if nobody else has to.
    pub(super) async fn sign(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        whole: WholeContract,
        organization: OrganizationId,
    ) -> Outcome<()> {
        let now = self.services().now();
        let (id, version) = (whole.contract.id, whole.contract.version);
        let is_first = whole.contract.version_in_force == 0;
        let signature = Signature {
            contract: id,
            version,
            organization,
            signed_by: actor.user_id().map(UserId::uuid),
            signed_at: now,
        };
        if !store::versions::sign(tx, &signature).await? {
            return Ok(());
        }
        let signed = store::versions::signatures(&**tx, &[id]).await?.remove(&id).unwrap_or_default();
        let has_signed = |party: &OrganizationId| {
            signed.iter().any(|signature| signature.version == version && signature.organization == *party)
        };
        let mut step = Step {
            action: "contract.sign",
            subject: (ContractId::PREFIX, id.uuid()),
            on_behalf_of: Some(organization),
            before: Some(
                json!({ "status": whole.contract.status, "version_in_force": whole.contract.version_in_force }),
            ),
            after: json!({ "version": version, "organization": organization }),
            tag: is_first.then_some(ReleaseTag::ContractUpdate),
        };
        if !whole.parties().iter().all(has_signed) {
            self.record(tx, actor, &whole.contract, step).await?;
            return Ok(());
        }
        let after = if is_first {
            step.tag = Some(ReleaseTag::Contract);
            self.take_force(tx, actor, &whole, now).await?
        } else {
            step.tag = Some(ReleaseTag::ContractAmendment);
            self.change_takes_force(tx, &whole).await?
        };
        store::contracts::update(tx, &after, now).await?;
        step.after = json!({
            "version": version,
            "organization": organization,
            "status": after.status,
            "version_in_force": after.version_in_force,
            "amount_minor": after.amount_minor,
        });
        self.record(tx, actor, &after, step).await?;
        Ok(())
    }

    /// The contract as it is in force for the first time. What was held of a listing is sold.
    async fn take_force(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        whole: &WholeContract,
        now: Timestamp,
    ) -> Outcome<Contract> {
        let contract = &whole.contract;
        let status = contract.status.transition(ContractAction::EnterForce, ["input", "contractId"])?;
        if let Some(reservation) = contract.reservation {
            let held = self.knows.catalog.held_stock(tx, reservation).await?;
            let held = held.ok_or_else(|| Fault::corrupt("contract", "what was held for it is gone"))?;
            let expires_at = held.reservation.expires_at;
            if held.reservation.status != ReservationStatus::Held || expires_at <= now {
                let until = held.reservation.ended_at.map_or(expires_at, |ended| ended.min(expires_at));
                let error = UserError::new(ErrorCode::DeadlinePassed, ["input", "contractId"]);
                return Err(error.with("deadline", rfc3339(until)).into());
            }
            let sold = (held.listing.organization, &held.reservation);
            if self.knows.catalog.fulfil(tx, actor, sold).await?.is_none() {
                return Err(Fault::Internal("a reservation that was locked changed".to_owned()).into());
            }
        }
        Ok(Contract { status, version_in_force: contract.version, signed_at: Some(now), ..contract.clone() })
    }

    /// The contract and its lines as the last wording has them.
    async fn change_takes_force(&self, tx: &WriteTx, whole: &WholeContract) -> Outcome<Contract> {
        let contract = &whole.contract;
        let status = contract.status.transition(ContractAction::EnterForce, ["input", "contractId"])?;
        let versions = store::versions::of_contracts(&**tx, &[contract.id]).await?.remove(&contract.id);
        let last = versions.and_then(|versions| versions.into_iter().find(|one| one.version == contract.version));
        let Version { wording, .. } = last.ok_or_else(|| Fault::corrupt("contract", "its last wording is gone"))?;
        let gone = || Fault::corrupt("wording of a contract", "a line of it is gone");
        for worded in &wording.lines {
            let line = whole.line(worded.id).ok_or_else(gone)?;
            // More may have been accepted or billed since it was proposed.
            let path = ["input".to_owned(), "contractId".to_owned()];
            check_line(line, worded.quantity, worded.unit_price_minor, &path)
                .map_err(|error| UserError { path: path.to_vec(), ..error })?;
            let changed: Line = line
                .reworded(worded.quantity, worded.unit_price_minor, worded.deliver_until)
                .ok_or_else(|| Fault::corrupt("wording of a contract", "an amount of it does not fit"))?;
            store::lines::reword(tx, &changed).await?;
        }
        Ok(Contract {
            status,
            version_in_force: contract.version,
            amount_minor: wording.amount_minor,
            terms: wording.terms,
            ..contract.clone()
        })
    }
}
