//! From the bag on a shelf back to the women who grew it: producers and plots, lots, and what happened to them.
//!
//! A **producer** delivers to an organization; she is no user. A **lot** is a physical quantity of a product, counted by its
//! mass in grams. Whatever happens to lots is an **event**: EPCIS 2.0, appended to the chain of the organization that
//! recorded it and never changed. A wrong event is declared an error by a later one and, where it can be, taken back.
//!
//! What holds at any time: of a lot never more is taken than is there; what comes out of a step is no more than went in times
//! the rule of yield, or a signed reason says why; a lot is made before it is used, and made of nothing that it was made into;
//! what is held does not move; each event follows from the one before it by its hash; the database itself refuses to change
//! or remove an event.
//!
//! **Derived**, and stored nowhere: the share that women grew, the share that producers confirmed, and what may be claimed of
//! a lot. A claim only ever weakens on the way down.
//!
//! No name stands in what is hashed: events call a producer by a pseudonym that was drawn at random, so that she can be
//! forgotten and no chain breaks.

mod add_plot;
mod add_producer;
mod ask_confirmation;
mod audit;
mod capture_events;
mod checkpoint_chains;
mod confirm_delivery;
mod correct_event;
mod end_membership;
mod enrol_producer;
mod for_contracts;
mod forget_producer;
pub mod graphql;
mod journey;
mod lots;
pub mod model;
mod open_recall;
mod producers;
mod prove_inclusion;
mod query_events;
mod record_delivery;
mod record_inspection;
mod record_loss;
mod record_movement;
mod record_producer_payment;
mod record_transformation;
mod recording;
mod release_hold;
mod send_messages;
mod set_listing_lots;
mod store;
mod tell;
mod update_plot;
mod update_producer;
mod verify_chain;
mod weighing;

use std::sync::Arc;

pub use add_plot::AddPlot;
pub use add_producer::AddProducer;
pub use ask_confirmation::AskConfirmation;
pub use confirm_delivery::ConfirmDelivery;
pub use correct_event::{CorrectEvent, Corrected, DeliveryInstead};
pub use end_membership::EndMembership;
pub use enrol_producer::EnrolProducer;
pub use for_contracts::{Consigned, Consignment};
pub use forget_producer::ForgetProducer;
pub use lots::{EVENTS, LOT_EVENTS, LOTS, LOTS_MAX, LotClaim, RECALLS, Way, event_key, lot_key, recall_key};
pub use model::ids::{CaptureId, EnrolmentId, EventId, LotId, PaymentId, PlotId, ProducerId, RecallId};
pub use open_recall::{CloseRecall, OpenRecall};
pub use producers::{PRODUCERS, ProducerSearch, producer_key};
pub use record_delivery::{RecordDelivery, RecordedDelivery, Slips};
pub use record_inspection::RecordInspection;
pub use record_loss::RecordLoss;
pub use record_movement::{RecordReceipt, RecordShipment};
pub use record_producer_payment::RecordProducerPayment;
pub use record_transformation::{Becomes, Output, RecordTransformation};
pub use recording::{Portion, Recorded};
pub use release_hold::ReleaseHold;
pub use send_messages::run as send_messages;
pub use set_listing_lots::{ListingLots, SetListingLots, ShipReservation};
pub use update_plot::{EndPlot, PlotChanges, UpdatePlot};
pub use update_producer::UpdateProducer;

use model::yields::YieldRules;

use crate::{
    accounts::attempts::Attempts,
    catalog::{Catalog, model::taxonomy::Taxonomy},
    certification::{Certification, model::scheme::Schemes},
    credentials::Credentials,
    directory::Directory,
    kernel::{Fault, Services},
    notifications::Notifications,
};
pub use capture_events::NotCaptured;
pub use model::{
    chain::BrokenChain,
    checkpoint::{Checkpoint, ConsistencyProof, InclusionProof},
};
pub use prove_inclusion::{CHECKPOINTS, checkpoint_key};
pub use query_events::EventPage;
pub use verify_chain::{ChainVerification, check_heads, verify_chains};

/// The room's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Traceability {
    knows: Arc<Known>,
}

/// Codes that one address may try in 15 minutes. A code has 40 random bits: even with a hundred thousand of them unused, an
/// address would hit one in a few years. Many women may confirm from one phone on a day of payment.
const CONFIRMATIONS_PER_ADDRESS: u32 = 100;

/// What the room stands on.
#[derive(Debug, Clone)]
struct Known {
    services: Services,
    notifications: Notifications,
    credentials: Credentials,
    directory: Directory,
    catalog: Catalog,
    certification: Certification,
    yields: YieldRules,
    /// How the outside reaches the service, without a slash at the end: what identifiers of lots begin with.
    public_url: String,
    /// Counts how often codes are tried.
    confirming: Attempts,
}

impl Traceability {
    /// Opens the room.
    ///
    /// # Errors
    /// When the embedded rules are not well-formed.
    pub fn new(
        services: Services,
        (notifications, credentials): (Notifications, Credentials),
        (directory, catalog, certification): (Directory, Catalog, Certification),
        public_url: String,
    ) -> Result<Self, Fault> {
        let yields = YieldRules::embedded(catalog.taxonomy()).map_err(|error| Fault::Internal(error.to_string()))?;
        // Nothing but addresses is counted.
        let confirming = Attempts::new(&services.clock, 1, CONFIRMATIONS_PER_ADDRESS);
        let knows = Known {
            services,
            notifications,
            credentials,
            directory,
            catalog,
            certification,
            yields,
            public_url,
            confirming,
        };
        Ok(Self { knows: Arc::new(knows) })
    }

    /// The same room with other ways out for messages.
    #[must_use]
    pub fn with_notifications(&self, notifications: Notifications) -> Self {
        Self { knows: Arc::new(Known { notifications, ..(*self.knows).clone() }) }
    }

    fn services(&self) -> &Services {
        &self.knows.services
    }

    /// What can be certified.
    #[must_use]
    pub fn schemes(&self) -> &Arc<Schemes> {
        self.knows.certification.schemes()
    }

    fn taxonomy(&self) -> &Arc<Taxonomy> {
        self.knows.catalog.taxonomy()
    }
}
