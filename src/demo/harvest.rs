//! A harvest of the small marketplace that can be traced: from women who gather shea nuts to the butter that a company receives.

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use crate::{
    accounts::{Actor, OrganizationId, Principal},
    kernel::{
        Fault, Outcome,
        clock::Timestamp,
        money::Money,
        page::PageArgs,
        quantity::{Quantity, UnitCode},
    },
    traceability::{
        AddProducer, Becomes, ConfirmDelivery, LotId, Output, Portion, ProducerId, RecordDelivery, RecordReceipt,
        RecordShipment, RecordTransformation, Traceability,
        model::{
            lot::LotFilter,
            producer::{Gender, ProducerDraft},
        },
    },
};

/// Who gathers, and what she brings: name, what she is, whether she agrees to be named, kilograms, days ago, whether she confirms.
const BRINGS: [(&str, Gender, bool, i64, i64, bool); 5] = [
    ("Sitan Doumbia", Gender::Female, true, 180, 40, true),
    ("Nana Koné", Gender::Female, false, 145, 39, true),
    ("Assitan Bagayoko", Gender::Female, true, 210, 38, true),
    ("Kadia Sangaré", Gender::Female, false, 95, 36, false),
    ("Drissa Koné", Gender::Male, false, 70, 36, false),
];
/// What a kilogram of kernels is paid, in francs.
const FRANCS_A_KILOGRAM: i64 = 250;
/// What comes out of the kernels, in kilograms: churned by hand.
const BUTTER: i64 = 224;
const CAKE: i64 = 430;
/// What the company is sent of the butter, in kilograms.
const SENT: i64 = 150;

/// Who takes part.
pub(super) struct Harvest<'h> {
    pub(super) room: &'h Traceability,
    /// The cooperative, and who acts for it.
    pub(super) cooperative: (OrganizationId, &'h Actor),
    /// Who receives the butter, and who acts for it.
    pub(super) company: (OrganizationId, &'h Actor),
    pub(super) today: NaiveDate,
}

impl Harvest<'_> {
    /// Records it. Every write carries an idempotency key, as all of the demo does.
    pub(super) async fn record(&self) -> Outcome<()> {
        let mut kernels = Vec::with_capacity(BRINGS.len());
        for (number, (name, gender, is_named, kilograms, days, confirms)) in BRINGS.into_iter().enumerate() {
            let producer = self.producer(number, name, gender, is_named).await?;
            let lot = self.deliver(number, producer, (kilograms, days), confirms).await?;
            kernels.push(Portion { lot, quantity: weight(kilograms) });
        }
        let together = self.step(kernels, Becomes::One, 35, "together").await?;
        let kernels: i64 = BRINGS.iter().map(|(_, _, _, kilograms, _, _)| kilograms).sum();
        let outputs = vec![output("shea-butter", BUTTER, Some("I")), output("shea-cake", CAKE, None)];
        let becomes = Becomes::Others { outputs, waiver: None };
        let inputs = vec![Portion { lot: together, quantity: weight(kernels) }];
        let butter = self.step(inputs, becomes, 30, "churned").await?;
        self.send(butter).await
    }

    async fn producer(&self, number: usize, name: &str, gender: Gender, name_is_public: bool) -> Outcome<ProducerId> {
        let draft = ProducerDraft {
            name: name.to_owned(),
            gender,
            birth_year: None,
            phone: None,
            national_id: None,
            village: Some("cercle-bougouni".to_owned()),
            code: None,
            member_since: None,
            name_is_public,
            plots: Vec::new(),
        };
        let (organization, actor) = self.cooperative;
        let command = AddProducer { organization, draft, idempotency_key: key("producer", number) };
        Ok(self.room.add_producer(actor, command).await?.id)
    }

    async fn deliver(
        &self,
        number: usize,
        producer: ProducerId,
        (kilograms, days): (i64, i64),
        confirms: bool,
    ) -> Outcome<LotId> {
        let (organization, actor) = self.cooperative;
        let command = RecordDelivery {
            organization,
            producer,
            product: "shea-kernel".to_owned(),
            quantity: weight(kilograms),
            delivered_at: self.morning(days),
            price_paid: Some(Money::xof(kilograms * FRANCS_A_KILOGRAM)),
            grade: None,
            plot: None,
            place: None,
            idempotency_key: key("delivery", number),
        };
        let delivery = self.room.record_delivery(actor, command).await?;
        if let Some(code) = delivery.slips.delivery.filter(|_| confirms) {
            // She has no account: whoever confirms is nobody.
            let anybody = Actor { principal: Principal::Anonymous, ..Actor::system("demo") };
            let command = ConfirmDelivery { code, idempotency_key: None };
            self.room.confirm_delivery(&anybody, command).await?;
        }
        only(&delivery.recorded.lots.iter().map(|lot| lot.id).collect::<Vec<_>>())
    }

    /// The first lot that comes of a step.
    async fn step(&self, inputs: Vec<Portion>, becomes: Becomes, days: i64, step: &str) -> Outcome<LotId> {
        let (organization, actor) = self.cooperative;
        let command = RecordTransformation {
            organization,
            inputs,
            becomes,
            occurred_at: self.morning(days),
            place: None,
            custody: None,
            idempotency_key: key(step, 0),
        };
        let recorded = self.room.record_transformation(actor, command).await?;
        only(&recorded.lots.iter().map(|lot| lot.id).collect::<Vec<_>>())
    }

    async fn send(&self, lot: LotId) -> Outcome<()> {
        let ((from, sender), (to, receiver)) = (self.cooperative, self.company);
        let command = RecordShipment {
            organization: from,
            lot,
            quantity: Some(weight(SENT)),
            to,
            occurred_at: self.morning(20),
            place: None,
            idempotency_key: key("sent", 0),
        };
        let sent = self.room.record_shipment(sender, command).await?;
        let command = RecordReceipt {
            organization: to,
            lot: only(&sent.lots.iter().map(|lot| lot.id).collect::<Vec<_>>())?,
            quantity: None,
            occurred_at: self.morning(18),
            place: None,
            idempotency_key: key("received", 0),
        };
        self.room.record_receipt(receiver, command).await?;
        Ok(())
    }

    /// Eight in the morning, so many days ago.
    fn morning(&self, days: i64) -> Timestamp {
        self.today.and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(days) + TimeDelta::hours(8)
    }
}

/// Where the page of the butter is that the company received; none before it was recorded.
pub(super) async fn page(room: &Traceability, company: OrganizationId) -> Outcome<Option<String>> {
    let filter = LotFilter { organization: company, product: None, status: None, held: None, left: None };
    let args = PageArgs { first: Some(1), ..PageArgs::default() };
    let (slice, _) = room.lots(&Actor::system("demo"), &filter, &args, false).await?;
    Ok(slice.rows.first().map(|lot| room.lot_url(&lot.code)))
}

fn output(product: &str, kilograms: i64, grade: Option<&str>) -> Output {
    Output { product: product.to_owned(), quantity: weight(kilograms), grade: grade.map(str::to_owned) }
}

fn weight(kilograms: i64) -> Quantity {
    Quantity { thousandths: kilograms * 1_000, unit: UnitCode::new("KGM") }
}

fn key(step: &str, number: usize) -> Option<String> {
    Some(format!("demo-harvest-{step}-{number}"))
}

fn only(lots: &[LotId]) -> Outcome<LotId> {
    lots.first().copied().ok_or_else(|| Fault::Internal("the demo's harvest made no lot".to_owned()).into())
}
