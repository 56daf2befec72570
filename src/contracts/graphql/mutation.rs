//! Writing contracts and deliveries.

use async_graphql::{Context, Object, Result};

use super::{
    AcceptDeliveryInput, CancelDeliveryInput, ChangeContractInput, Contract, ContractDelivery, CreateDirectOrderInput,
    DispatchDeliveryInput, ReceiveDeliveryInput, ScheduleDeliveryInput, SignContractInput, TerminateContractInput,
    contracts,
};
use crate::{accounts::graphql::actor, payload};

payload! {
    /// What the mutations of contracts give back.
    ContractPayload {
        /// The contract as it stands now; null when the mutation was refused.
        contract: Contract,
    }
}

payload! {
    /// What the mutations of deliveries give back.
    DeliveryPayload {
        /// The delivery as it stands now; null when the mutation was refused.
        delivery: ContractDelivery,
    }
}

/// The room's mutations of contracts and deliveries.
#[derive(Debug, Default, Clone, Copy)]
pub struct ContractsMutation;

#[Object]
impl ContractsMutation {
    /// Orders from a listing. The order is the buyer's signature; its stock is held, and the seller has seven days to sign.
    async fn create_direct_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is ordered.")] input: CreateDirectOrderInput,
    ) -> Result<ContractPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.create_direct_order(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ContractPayload::from_outcome(ctx, outcome.map(Contract))
    }

    /// Signs the last wording of a contract for one of its parties. Once all have signed, it is in force. Who has signed already has signed.
    async fn sign_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs what.")] input: SignContractInput,
    ) -> Result<ContractPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.sign_contract(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ContractPayload::from_outcome(ctx, outcome.map(Contract))
    }

    /// Proposes another wording of a contract that is in force. It takes force once all parties have signed it; whoever proposes it signs with
    /// the proposal, if she may sign for her party.
    async fn change_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed, and why.")] input: ChangeContractInput,
    ) -> Result<ContractPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.change_contract(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ContractPayload::from_outcome(ctx, outcome.map(Contract))
    }

    /// Ends a contract for one of its parties: gives up one that not all have signed, with the stock going back to its listing, or ends one in
    /// force. What is on its way then still arrives, is billed and paid.
    async fn terminate_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contract, and why.")] input: TerminateContractInput,
    ) -> Result<ContractPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.terminate_contract(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ContractPayload::from_outcome(ctx, outcome.map(Contract))
    }

    /// Plans a delivery: for the buyer or a supplier.
    async fn schedule_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be delivered when.")] input: ScheduleDeliveryInput,
    ) -> Result<DeliveryPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.schedule_delivery(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        DeliveryPayload::from_outcome(ctx, outcome.map(ContractDelivery))
    }

    /// Takes a planned delivery back: for the buyer or a supplier.
    async fn cancel_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delivery, and why.")] input: CancelDeliveryInput,
    ) -> Result<DeliveryPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.cancel_delivery(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        DeliveryPayload::from_outcome(ctx, outcome.map(ContractDelivery))
    }

    /// Sends a planned delivery, for a supplier. The shipment of its lots to the buyer is recorded with it.
    async fn dispatch_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What leaves.")] input: DispatchDeliveryInput,
    ) -> Result<DeliveryPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.dispatch_delivery(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        DeliveryPayload::from_outcome(ctx, outcome.map(ContractDelivery))
    }

    /// Receives a delivery, for the buyer, and says what of it is accepted, if that is known. The receipt of its lots is recorded with it.
    async fn receive_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What arrived.")] input: ReceiveDeliveryInput,
    ) -> Result<DeliveryPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.receive_delivery(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        DeliveryPayload::from_outcome(ctx, outcome.map(ContractDelivery))
    }

    /// Says what of a delivery that was received is accepted, for the buyer.
    async fn accept_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is accepted.")] input: AcceptDeliveryInput,
    ) -> Result<DeliveryPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.accept_delivery(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        DeliveryPayload::from_outcome(ctx, outcome.map(ContractDelivery))
    }
}
