//! Turning inputs into commands.

use async_graphql::ID;

use super::{
    CloseRecallInput, CorrectEventInput, InspectionResult, LotFilter, LotOutputInput, LotPortionInput, OpenRecallInput,
    RecordAggregationInput, RecordDeliveryInput, RecordInspectionInput, RecordLossInput, RecordReceiptInput,
    RecordShipmentInput, RecordSplitInput, RecordTransformationInput, ReleaseHoldInput, SetListingLotsInput,
    ShipReservationInput, lot::lot_id,
};
use crate::{
    accounts::OrganizationId,
    catalog::{ListingId, ReservationId},
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        graphql::{QuantityInput, read_id},
        quantity::Quantity,
    },
    traceability::{
        Becomes, CloseRecall, CorrectEvent, DeliveryInstead, EventId, LotId, OpenRecall, Output, PlotId, Portion,
        ProducerId, RecallId, RecordDelivery, RecordInspection, RecordLoss, RecordReceipt, RecordShipment,
        RecordTransformation, ReleaseHold, SetListingLots, ShipReservation, model,
    },
};

/// Reads inputs field by field, and tells all that is wrong with them at once.
#[derive(Default)]
struct Fields(Rejections);

impl Fields {
    fn organization(&mut self, given: &ID, field: &str) -> Option<OrganizationId> {
        self.0.take(read_id(given, OrganizationId::PREFIX, ["input", field]))
    }

    fn lot(&mut self, given: &ID) -> Option<LotId> {
        self.0.take(lot_id(given, &["input", "lotId"]))
    }

    fn quantity(&mut self, given: &QuantityInput, path: &[&str]) -> Option<Quantity> {
        self.0.take(given.read(path))
    }

    fn portions(&mut self, given: &[LotPortionInput]) -> Vec<Portion> {
        let portion = |(index, portion): (usize, &LotPortionInput)| {
            let index = index.to_string();
            let lot = self.0.take(lot_id(&portion.lot_id, &["input", "inputs", &index, "lotId"]));
            let quantity = self.quantity(&portion.quantity, &["input", "inputs", &index, "quantity"]);
            Some(Portion { lot: lot?, quantity: quantity? })
        };
        given.iter().enumerate().filter_map(portion).collect()
    }

    fn lots(&mut self, given: &[ID]) -> Vec<LotId> {
        let lot = |(index, given): (usize, &ID)| self.0.take(lot_id(given, &["input", "lotIds", &index.to_string()]));
        given.iter().enumerate().filter_map(lot).collect()
    }

    /// The command, if nothing was wrong.
    fn finish<T>(self, command: Option<T>) -> Outcome<T> {
        self.0.finish()?;
        // What was read without complaint is there.
        command.ok_or_else(|| UserError::new(ErrorCode::Required, ["input"]).into())
    }
}

impl RecordDeliveryInput {
    pub(super) fn read(self) -> Outcome<RecordDelivery> {
        let mut fields = Fields::default();
        let organization = fields.organization(&self.organization_id, "organizationId");
        let producer = fields.0.take(read_id(&self.producer_id, ProducerId::PREFIX, ["input", "producerId"]));
        let quantity = fields.quantity(&self.quantity, &["input", "quantity"]);
        let price = self.price_paid.map(|price| price.read(&["input", "pricePaid"])).transpose();
        let price_paid = fields.0.take(price).flatten();
        let plot = self.plot_id.map(|plot| read_id(&plot, PlotId::PREFIX, ["input", "plotId"])).transpose();
        let plot = fields.0.take(plot).flatten();
        let command =
            organization.zip(producer).zip(quantity).map(|((organization, producer), quantity)| RecordDelivery {
                organization,
                producer,
                product: self.product_code,
                quantity,
                delivered_at: self.delivered_at,
                price_paid,
                grade: self.grade,
                plot,
                place: self.place_code,
                idempotency_key: self.idempotency_key,
            });
        fields.finish(command)
    }
}

impl RecordAggregationInput {
    pub(super) fn read(self) -> Outcome<RecordTransformation> {
        let mut fields = Fields::default();
        let organization = fields.organization(&self.organization_id, "organizationId");
        let inputs = fields.portions(&self.inputs);
        fields.finish(organization.map(|organization| RecordTransformation {
            organization,
            inputs,
            becomes: Becomes::One,
            occurred_at: self.occurred_at,
            place: self.place_code,
            custody: self.custody_model.map(Into::into),
            idempotency_key: self.idempotency_key,
        }))
    }
}

impl RecordSplitInput {
    pub(super) fn read(self) -> Outcome<RecordTransformation> {
        let mut fields = Fields::default();
        let organization = fields.organization(&self.organization_id, "organizationId");
        let lot = fields.lot(&self.lot_id);
        let quantities =
            self.quantities.iter().enumerate().filter_map(|(index, quantity)| {
                fields.quantity(quantity, &["input", "quantities", &index.to_string()])
            });
        let quantities: Vec<Quantity> = quantities.collect();
        fields.finish(organization.zip(lot).map(|(organization, lot)| RecordTransformation {
            organization,
            inputs: Vec::new(),
            becomes: Becomes::Several { lot, quantities },
            occurred_at: self.occurred_at,
            place: self.place_code,
            custody: None,
            idempotency_key: self.idempotency_key,
        }))
    }
}

impl RecordTransformationInput {
    pub(super) fn read(self) -> Outcome<RecordTransformation> {
        let mut fields = Fields::default();
        let organization = fields.organization(&self.organization_id, "organizationId");
        let inputs = fields.portions(&self.inputs);
        let output = |(index, output): (usize, LotOutputInput)| {
            let quantity = fields.quantity(&output.quantity, &["input", "outputs", &index.to_string(), "quantity"])?;
            Some(Output { product: output.product_code, quantity, grade: output.grade })
        };
        let outputs: Vec<Output> = self.outputs.into_iter().enumerate().filter_map(output).collect();
        fields.finish(organization.map(|organization| RecordTransformation {
            organization,
            inputs,
            becomes: Becomes::Others { outputs, waiver: self.waiver },
            occurred_at: self.occurred_at,
            place: self.place_code,
            custody: self.custody_model.map(Into::into),
            idempotency_key: self.idempotency_key,
        }))
    }
}

impl RecordShipmentInput {
    pub(super) fn read(self) -> Outcome<RecordShipment> {
        let mut fields = Fields::default();
        let organization = fields.organization(&self.organization_id, "organizationId");
        let to = fields.organization(&self.to_organization_id, "toOrganizationId");
        let lot = fields.lot(&self.lot_id);
        let quantity = self.quantity.and_then(|quantity| fields.quantity(&quantity, &["input", "quantity"]));
        fields.finish(organization.zip(to).zip(lot).map(|((organization, to), lot)| RecordShipment {
            organization,
            lot,
            quantity,
            to,
            occurred_at: self.occurred_at,
            place: self.place_code,
            idempotency_key: self.idempotency_key,
        }))
    }
}

impl RecordReceiptInput {
    pub(super) fn read(self) -> Outcome<RecordReceipt> {
        let mut fields = Fields::default();
        let organization = fields.organization(&self.organization_id, "organizationId");
        let lot = fields.lot(&self.lot_id);
        let quantity = self.quantity.and_then(|quantity| fields.quantity(&quantity, &["input", "quantity"]));
        fields.finish(organization.zip(lot).map(|(organization, lot)| RecordReceipt {
            organization,
            lot,
            quantity,
            occurred_at: self.occurred_at,
            place: self.place_code,
            idempotency_key: self.idempotency_key,
        }))
    }
}

impl RecordInspectionInput {
    pub(super) fn read(self) -> Outcome<RecordInspection> {
        let mut fields = Fields::default();
        let organization = fields.organization(&self.organization_id, "organizationId");
        let lot = fields.lot(&self.lot_id);
        fields.finish(organization.zip(lot).map(|(organization, lot)| RecordInspection {
            organization,
            lot,
            conformant: match self.result {
                InspectionResult::Conformant => true,
                InspectionResult::NonConformant => false,
            },
            occurred_at: self.occurred_at,
            place: self.place_code,
            idempotency_key: self.idempotency_key,
        }))
    }
}

impl RecordLossInput {
    pub(super) fn read(self) -> Outcome<RecordLoss> {
        let mut fields = Fields::default();
        let organization = fields.organization(&self.organization_id, "organizationId");
        let lot = fields.lot(&self.lot_id);
        let quantity = fields.quantity(&self.quantity, &["input", "quantity"]);
        fields.finish(organization.zip(lot).zip(quantity).map(|((organization, lot), quantity)| RecordLoss {
            organization,
            lot,
            quantity,
            reason: self.reason.into(),
            occurred_at: self.occurred_at,
            place: self.place_code,
            idempotency_key: self.idempotency_key,
        }))
    }
}

impl CorrectEventInput {
    pub(super) fn read(self) -> Outcome<CorrectEvent> {
        let mut fields = Fields::default();
        let event = fields.0.take(read_id(&self.event_id, EventId::PREFIX, ["input", "eventId"]));
        let instead = self.instead.map(|instead| {
            let producer = instead.producer_id.as_ref();
            let producer =
                producer.map(|producer| read_id(producer, ProducerId::PREFIX, ["input", "instead", "producerId"]));
            let producer = fields.0.take(producer.transpose()).flatten();
            let quantity =
                instead.quantity.and_then(|quantity| fields.quantity(&quantity, &["input", "instead", "quantity"]));
            DeliveryInstead { producer, quantity, delivered_at: instead.delivered_at }
        });
        fields.finish(event.map(|event| CorrectEvent {
            event,
            reason: self.reason.into(),
            instead,
            idempotency_key: self.idempotency_key,
        }))
    }
}

impl OpenRecallInput {
    pub(super) fn read(self) -> Outcome<OpenRecall> {
        let mut fields = Fields::default();
        let organization = fields.organization(&self.organization_id, "organizationId");
        let lots = fields.lots(&self.lot_ids);
        fields.finish(organization.map(|organization| OpenRecall {
            organization,
            lots,
            reason: self.reason,
            idempotency_key: self.idempotency_key,
        }))
    }
}

impl CloseRecallInput {
    pub(super) fn read(self) -> Outcome<CloseRecall> {
        Ok(CloseRecall {
            recall: read_id(&self.recall_id, RecallId::PREFIX, ["input", "recallId"])?,
            resolution: self.resolution,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

impl ReleaseHoldInput {
    pub(super) fn read(self) -> Outcome<ReleaseHold> {
        Ok(ReleaseHold {
            lot: lot_id(&self.lot_id, &["input", "lotId"])?,
            reason: self.reason,
            idempotency_key: self.idempotency_key,
        })
    }
}

impl SetListingLotsInput {
    pub(super) fn read(self) -> Outcome<SetListingLots> {
        let mut fields = Fields::default();
        let listing = fields.0.take(read_id(&self.listing_id, ListingId::PREFIX, ["input", "listingId"]));
        let lots = fields.lots(&self.lot_ids);
        fields.finish(listing.map(|listing| SetListingLots { listing, lots, idempotency_key: self.idempotency_key }))
    }
}

impl ShipReservationInput {
    pub(super) fn read(self) -> Outcome<ShipReservation> {
        Ok(ShipReservation {
            reservation: read_id(&self.reservation_id, ReservationId::PREFIX, ["input", "reservationId"])?,
            occurred_at: self.occurred_at,
            place: self.place_code,
            idempotency_key: self.idempotency_key,
        })
    }
}

impl LotFilter {
    pub(super) fn read(self, organization: OrganizationId) -> model::lot::LotFilter {
        model::lot::LotFilter {
            organization,
            // No text that is kept holds a zero, and PostgreSQL takes none.
            product: self.product_code.map(|code| code.replace('\0', "")),
            status: self.status.map(Into::into),
            held: self.on_hold,
            left: self.has_remaining,
        }
    }
}
