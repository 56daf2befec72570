//! Writing about people: each mutation is one use case.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use super::{
    AddPlotInput, AddProducerInput, ConfirmDeliveryInput, DeliveryConfirmation, EndMembershipInput, EndPlotInput,
    EnrolProducerInput, ForgetProducerInput, Plot, Producer, ProducerMembership, ProducerPayment,
    RecordProducerPaymentInput, UpdatePlotInput, UpdateProducerInput, room,
};
use crate::{accounts::graphql::actor, kernel::Outcome, payload};

payload! {
    /// What a mutation of a producer gives back.
    ProducerPayload {
        /// The producer as she stands now; null when it was refused.
        producer: Producer,
    }
}

payload! {
    /// What a mutation of a producer's membership gives back.
    ProducerMembershipPayload {
        /// The membership as it stands now; null when it was refused.
        membership: ProducerMembership,
    }
}

payload! {
    /// What a mutation of a plot gives back.
    PlotPayload {
        /// The plot as it stands now; null when it was refused.
        plot: Plot,
    }
}

payload! {
    /// What `recordProducerPayment` gives back.
    RecordProducerPaymentPayload {
        /// The payment; null when it was refused.
        payment: ProducerPayment,
        /// The code for a slip that is handed to the producer. Null where it was sent to her phone.
        confirmation_code: Option<String>,
    }
}

payload! {
    /// What `confirmDelivery` gives back.
    ConfirmDeliveryPayload {
        /// What was confirmed; null when the code was refused.
        confirmed: DeliveryConfirmation,
    }
}

/// The room's mutations about people.
#[derive(Debug, Default, Clone, Copy)]
pub struct ProducersMutation;

#[Object]
impl ProducersMutation {
    /// Records somebody who delivers to an organization.
    async fn add_producer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who she is.")] input: AddProducerInput,
    ) -> Result<ProducerPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.add_producer(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ProducerPayload::from_outcome(ctx, outcome.map(Arc::new).map(Producer))
    }

    /// Changes what is known of a producer.
    async fn update_producer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which producer, and what changes.")] input: UpdateProducerInput,
    ) -> Result<ProducerPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.update_producer(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ProducerPayload::from_outcome(ctx, outcome.map(Arc::new).map(Producer))
    }

    /// Forgets a producer for good: her name, phone, birth year, village, where her plots lie, and by what she is known in
    /// other groups. Her deliveries stay, under a pseudonym that leads to nobody any more.
    async fn forget_producer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is forgotten, and why.")] input: ForgetProducerInput,
    ) -> Result<ProducerPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.forget_producer(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ProducerPayload::from_outcome(ctx, outcome.map(Arc::new).map(Producer))
    }

    /// Records that a producer belongs to her organization, or to a group of it that is certified together. Where the scheme
    /// has rules for groups, a person is in one of them at a time.
    async fn enrol_producer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who belongs to what, and when.")] input: EnrolProducerInput,
    ) -> Result<ProducerMembershipPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.enrol_producer(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ProducerMembershipPayload::from_outcome(ctx, outcome.map(Arc::new).map(ProducerMembership))
    }

    /// Records the last day on which a producer belongs to something.
    async fn end_membership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What ends, and on which day.")] input: EndMembershipInput,
    ) -> Result<ProducerMembershipPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.end_membership(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ProducerMembershipPayload::from_outcome(ctx, outcome.map(Arc::new).map(ProducerMembership))
    }

    /// Records land that a producer farms.
    async fn add_plot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose plot, and which.")] input: AddPlotInput,
    ) -> Result<PlotPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.add_plot(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        plot(ctx, outcome)
    }

    /// Changes what is known of a plot.
    async fn update_plot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plot, and what changes.")] input: UpdatePlotInput,
    ) -> Result<PlotPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.update_plot(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        plot(ctx, outcome)
    }

    /// Records the last day on which a plot is farmed.
    async fn end_plot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which plot, and from when.")] input: EndPlotInput,
    ) -> Result<PlotPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.end_plot(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        plot(ctx, outcome)
    }

    /// Records what a producer was paid for a delivery, and asks her to confirm it.
    async fn record_producer_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was paid for which delivery, and when.")] input: RecordProducerPaymentInput,
    ) -> Result<RecordProducerPaymentPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.record_producer_payment(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        let outcome = outcome.map(|(payment, code)| (ProducerPayment(Arc::new(payment)), code));
        RecordProducerPaymentPayload::from_outcome(ctx, outcome)
    }

    /// Confirms a delivery or a payment by the code that the producer was sent or handed. Nobody has to be signed in, and
    /// members of the organization that recorded it may not confirm it.
    async fn confirm_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] input: ConfirmDeliveryInput,
    ) -> Result<ConfirmDeliveryPayload> {
        let outcome = Box::pin(room(ctx)?.confirm_delivery(actor(ctx), input.into())).await;
        ConfirmDeliveryPayload::from_outcome(ctx, outcome.map(DeliveryConfirmation::from))
    }
}

fn plot(ctx: &Context<'_>, outcome: Outcome<crate::traceability::model::plot::Plot>) -> Result<PlotPayload> {
    PlotPayload::from_outcome(ctx, outcome.map(Arc::new).map(Plot))
}
