//! A producer brings what she grew, gathered or made.

use serde::Serialize;

use super::{
    AskConfirmation, EventId, PaymentId, PlotId, ProducerId, Recorded, Traceability,
    model::{
        confirmation::Told,
        epcis::ours,
        event::{EpcRole, EventKind},
        lot::{CustodyModel, Lot},
        payment::Payment,
    },
    recording::{Made, Scene, path},
    store::{self, deliveries::Deliverer},
    weighing::Reading,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        clock::Timestamp,
        idempotency::{self, Claimed},
        money::Money,
        quantity::Quantity,
        text::TextRule,
    },
};

/// What was delivered, by whom and when.
#[derive(Debug, Clone, Serialize)]
pub struct RecordDelivery {
    /// The organization that receives it.
    pub organization: OrganizationId,
    /// Who brings it: one of its producers.
    pub producer: ProducerId,
    /// The product, by its code or name.
    pub product: String,
    /// How much, in any unit whose weight is known for the product.
    pub quantity: Quantity,
    /// When it was delivered.
    pub delivered_at: Timestamp,
    /// What she was paid for it, if she was.
    pub price_paid: Option<Money>,
    /// Its grade, as it was found.
    pub grade: Option<String>,
    /// Where it grew.
    pub plot: Option<PlotId>,
    /// Where it was delivered; the organization's own place where none is named.
    pub place: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What was recorded of a delivery.
#[derive(Debug, Clone)]
pub struct RecordedDelivery {
    /// The event and its lot.
    pub recorded: Recorded,
    /// The codes by which she confirms it, where she has no phone to send them to.
    pub slips: Slips,
}

/// Codes for a slip of paper.
#[derive(Debug, Clone, Default)]
pub struct Slips {
    /// For the delivery.
    pub delivery: Option<String>,
    /// For what was paid.
    pub payment: Option<String>,
}

impl Traceability {
    /// Records a delivery: a new lot, its event, what was paid, and the code by which the producer confirms it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the organization, the producer or the plot, [`ErrorCode::Forbidden`],
    /// [`ErrorCode::ProducerNotMember`] on that day, [`ErrorCode::DuplicateEvent`] where the very same was recorded, and
    /// everything that is wrong with the input.
    pub async fn record_delivery(&self, actor: &Actor, command: RecordDelivery) -> Outcome<RecordedDelivery> {
        let organization = self.acting_for(actor, command.organization, Action::RecordEvents).await?;
        let gazetteer = self.knows.directory.gazetteer();
        let mut wrong = Rejections::default();
        let at = wrong.take(self.happened_at(command.delivered_at, &["deliveredAt"]));
        let place = wrong.take(self.place_of(&gazetteer, command.place.as_deref(), &organization));
        let day = command.delivered_at.date_naive();
        let reading = Reading { taxonomy: self.taxonomy(), gazetteer: &gazetteer, day };
        let product = wrong.take(reading.product(&command.product, path(&["productCode"])));
        let grams = product.and_then(|product| {
            let mass = reading.mass(&command.quantity, product, place.as_deref(), path(&["quantity"]));
            wrong.take(mass)
        });
        let grade = wrong.take(grade(command.grade.as_deref())).flatten();
        if command.price_paid.is_some_and(|paid| paid.minor <= 0) {
            let error = UserError::new(ErrorCode::OutOfRange, ["input", "pricePaid", "amount"]);
            wrong.push(error.with("minimum", 1).with("maximum", i64::MAX));
        }
        wrong.finish()?;
        let (Some(at), Some(place), Some(product), Some(grams)) = (at, place, product, grams) else {
            return Err(UserError::new(ErrorCode::Required, ["input"]).into());
        };

        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "recordDelivery", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.delivered_again(EventId::from_uuid(id)).await;
            }
        };
        let deliverer = store::deliveries::lock_deliverer(&tx, command.producer, day).await?;
        let deliverer = deliverer.filter(|deliverer| deliverer.organization == command.organization);
        let Some(deliverer) = deliverer else {
            return Err(UserError::new(ErrorCode::NotFound, ["input", "producerId"]).into());
        };
        may_deliver(&deliverer, day)?;
        if let Some(plot) = command.plot
            && !store::deliveries::plot_is_hers(&tx, plot, command.producer, day).await?
        {
            return Err(UserError::new(ErrorCode::NotFound, ["input", "plotId"]).into());
        }
        if let Some(lot) = store::deliveries::same(&tx, command.producer, product, grams, at).await? {
            return Err(UserError::new(ErrorCode::DuplicateEvent, ["input"]).with("event", lot).into());
        }
        let scene = Scene { tx: &tx, actor, organization: &organization, at, place, now };
        let id = self.new_event();
        let made = Made { product, grade, grams, custody: CustodyModel::IdentityPreserved, waived: false };
        let lots = self.make(&scene, id, &[made])?;
        store::lots::insert(&tx, &lots).await?;
        let lot = &lots[0];
        let delivered = ours::Delivered {
            lot: self.made(lot),
            producer: &deliverer.pseudonym,
            measured: command.quantity.thousandths,
            unit: command.quantity.unit.as_str(),
        };
        let body = ours::delivery(&self.told(&scene), &delivered);
        let event = self.append(&scene, id, (EventKind::Delivery, body), [(lot, EpcRole::Object)]).await?;
        let delivery = store::deliveries::New {
            event: id,
            lot: lot.id,
            producer: command.producer,
            plot: command.plot,
            grams,
            quantity: &command.quantity,
        };
        store::deliveries::insert(&tx, &delivery).await?;
        let slips = self.ask_her(&scene, &command, deliverer.phone, lot, id).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(RecordedDelivery { recorded: Recorded { event, lots }, slips })
    }
}

impl Traceability {
    /// What was recorded of a delivery that is repeated. Codes for a slip are made anew, for the answer that held the first ones
    /// was perhaps lost; those are good no more.
    async fn delivered_again(&self, event: EventId) -> Outcome<RecordedDelivery> {
        let tx = self.services().db.begin().await?;
        let delivery = self.slip_again(&tx, event, None).await?;
        let payment = match store::payments::first_of(&tx, event).await? {
            Some(payment) => self.slip_again(&tx, event, Some(payment)).await?,
            None => None,
        };
        tx.commit().await?;
        Ok(RecordedDelivery { recorded: self.recorded_again(event.uuid()).await?, slips: Slips { delivery, payment } })
    }

    /// Asks the producer to confirm what was recorded of her, and keeps what she was paid.
    async fn ask_her(
        &self,
        scene: &Scene<'_>,
        command: &RecordDelivery,
        phone: Option<String>,
        lot: &Lot,
        event: EventId,
    ) -> Outcome<Slips> {
        let language = scene.organization.language;
        let product = self.taxonomy().product(&lot.product).and_then(|product| product.names.best(language));
        let product = product.unwrap_or(&lot.product).to_owned();
        let asked = |payment, told| AskConfirmation {
            producer: command.producer,
            phone: phone.clone(),
            delivery: event,
            payment,
            organization: scene.organization.name.clone(),
            language,
            told,
            day: scene.at.date_naive(),
        };
        let told = Told::Delivery { grams: lot.grams, product: product.clone() };
        let delivery = self.ask_confirmation(scene.tx, asked(None, told)).await?;
        let Some(amount) = command.price_paid else { return Ok(Slips { delivery, payment: None }) };
        let payment = Payment {
            id: PaymentId::from_uuid(self.services().ids.next_uuid()),
            delivery: event,
            producer: command.producer,
            organization: scene.organization.id,
            amount,
            paid_at: scene.at,
            created_at: scene.now,
            confirmed_at: None,
        };
        store::payments::insert(scene.tx, &payment, scene.actor.user_id()).await?;
        let payment =
            self.ask_confirmation(scene.tx, asked(Some(payment.id), Told::Payment { amount, product })).await?;
        Ok(Slips { delivery, payment })
    }
}

/// A grade as it was typed.
pub(super) fn grade(typed: Option<&str>) -> Result<Option<String>, UserError> {
    const GRADE: TextRule = TextRule { length_min: 1, length_max: 50, multiline: false };
    typed.map(|typed| GRADE.check(typed, ["input", "grade"])).transpose()
}

/// Whether a producer may deliver on a day.
fn may_deliver(deliverer: &Deliverer, day: chrono::NaiveDate) -> Result<(), UserError> {
    if deliverer.is_member {
        return Ok(());
    }
    let error = UserError::new(ErrorCode::ProducerNotMember, ["input", "producerId"]);
    Err(error.with("day", day))
}
