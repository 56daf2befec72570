//! What the mutations about people are given.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};

use super::{ForgetReason, Gender};
use crate::{
    accounts::OrganizationId,
    kernel::{
        Outcome, Rejections,
        change::Change,
        graphql::{Date, Decimal, Json, MoneyInput, read_id},
    },
    traceability::{
        AddPlot, AddProducer, ConfirmDelivery, EndMembership, EndPlot, EnrolProducer, EnrolmentId, EventId,
        ForgetProducer, PlotChanges, PlotId, ProducerId, RecordProducerPayment, UpdatePlot, UpdateProducer,
        model::{
            period::Period,
            plot::PlotDraft,
            producer::{ProducerChanges, ProducerDraft},
        },
    },
};

/// Land that a producer farms.
#[derive(Debug, Clone, InputObject)]
pub struct PlotInput {
    /// What it is called, at most 100 signs.
    pub name: String,
    /// Where it lies: a GeoJSON `Point` or `Polygon` (RFC 7946) as an object, or as a text that holds one; longitude before
    /// latitude, in degrees of WGS 84. A polygon has at most 1,000 positions, and its rings do not cross.
    pub geometry: Json,
    /// How large it is, with at most four decimals; needed with a point. A polygon is measured, and what is given is not kept.
    pub hectares: Option<Decimal>,
    /// The first day on which she farms it; today where none is given.
    pub valid_from: Option<Date>,
    /// The last day; none while it lasts.
    pub valid_until: Option<Date>,
}

impl From<PlotInput> for PlotDraft {
    fn from(input: PlotInput) -> Self {
        Self {
            name: input.name,
            geometry: input.geometry.0,
            hectares: input.hectares.map(|hectares| hectares.0),
            valid_from: input.valid_from.map(|day| day.0),
            valid_until: input.valid_until.map(|day| day.0),
        }
    }
}

/// Somebody who delivers to an organization.
#[derive(Debug, Clone, InputObject)]
pub struct AddProducerInput {
    /// To whom she delivers.
    pub organization_id: ID,
    /// Her name, 2 to 200 signs.
    pub name: String,
    /// What she is, as she says herself.
    pub gender: Gender,
    /// The year in which she was born.
    pub birth_year: Option<i64>,
    /// How she is called. Codes that confirm what is recorded of her are sent there.
    pub phone: Option<String>,
    /// The number that she is registered by. Kept as a digest only, to tell that she is in two groups.
    pub national_id: Option<String>,
    /// Where she lives: a place's code, official number or name.
    pub village_code: Option<String>,
    /// Her member number, at most 40 signs; one such as `P-0001` is made where none is given.
    pub code: Option<String>,
    /// Since when she belongs to the organization; kept as a membership.
    pub member_since: Option<Date>,
    /// Whether she agrees that her name stands on public pages.
    #[graphql(default)]
    pub name_is_public: bool,
    /// What she farms, at most 50 plots.
    pub plots: Option<Vec<PlotInput>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl AddProducerInput {
    pub(super) fn read(self) -> Outcome<AddProducer> {
        let draft = ProducerDraft {
            name: self.name,
            gender: self.gender.into(),
            birth_year: self.birth_year,
            phone: self.phone,
            national_id: self.national_id,
            village: self.village_code,
            code: self.code,
            member_since: self.member_since.map(|day| day.0),
            name_is_public: self.name_is_public,
            plots: self.plots.unwrap_or_default().into_iter().map(PlotDraft::from).collect(),
        };
        let organization = read_id(&self.organization_id, OrganizationId::PREFIX, ["input", "organizationId"])?;
        Ok(AddProducer { organization, draft, idempotency_key: self.idempotency_key })
    }
}

/// Changes of a producer. What is left out stays as it is; what is null is emptied.
#[derive(Debug, Clone, InputObject)]
pub struct UpdateProducerInput {
    /// The producer.
    pub producer_id: ID,
    /// Another name.
    pub name: Option<String>,
    /// What she is, as she says herself.
    pub gender: Option<Gender>,
    /// The year in which she was born.
    pub birth_year: MaybeUndefined<i64>,
    /// How she is called.
    pub phone: MaybeUndefined<String>,
    /// The number that she is registered by; null to be known by her phone.
    pub national_id: MaybeUndefined<String>,
    /// Where she lives.
    pub village_code: MaybeUndefined<String>,
    /// Another member number.
    pub code: Option<String>,
    /// Whether she agrees that her name stands on public pages.
    pub name_is_public: Option<bool>,
    /// Refuses the change if the producer is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl UpdateProducerInput {
    pub(super) fn read(self) -> Outcome<UpdateProducer> {
        let changes = ProducerChanges {
            name: self.name,
            gender: self.gender.map(Into::into),
            birth_year: self.birth_year.into(),
            phone: self.phone.into(),
            national_id: self.national_id.into(),
            village: self.village_code.into(),
            code: self.code,
            name_is_public: self.name_is_public,
        };
        Ok(UpdateProducer {
            producer: producer_id(&self.producer_id)?,
            changes,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Who is forgotten, and why.
#[derive(Debug, Clone, InputObject)]
pub struct ForgetProducerInput {
    /// The producer.
    pub producer_id: ID,
    /// Why; no text, since the audit log forgets nothing.
    #[graphql(default_with = "ForgetReason::Asked")]
    pub reason: ForgetReason,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ForgetProducerInput {
    pub(super) fn read(self) -> Outcome<ForgetProducer> {
        let producer = producer_id(&self.producer_id)?;
        Ok(ForgetProducer { producer, reason: self.reason.into(), idempotency_key: self.idempotency_key })
    }
}

/// Who belongs to what, and when.
#[derive(Debug, Clone, InputObject)]
pub struct EnrolProducerInput {
    /// The producer.
    pub producer_id: ID,
    /// The scheme of the group that is certified together, by code; null for the organization itself.
    pub scheme_code: Option<String>,
    /// The first day.
    pub valid_from: Date,
    /// The last day; none while it lasts.
    pub valid_until: Option<Date>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl EnrolProducerInput {
    pub(super) fn read(self) -> Outcome<EnrolProducer> {
        Ok(EnrolProducer {
            producer: producer_id(&self.producer_id)?,
            scheme: self.scheme_code,
            period: Period { from: self.valid_from.0, until: self.valid_until.map(|day| day.0) },
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Which membership of a producer ends, and on which day.
#[derive(Debug, Clone, InputObject)]
pub struct EndMembershipInput {
    /// The membership.
    pub membership_id: ID,
    /// The last day: not before the first, and not after one that was recorded before.
    pub valid_until: Date,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl EndMembershipInput {
    pub(super) fn read(self) -> Outcome<EndMembership> {
        let enrolment = read_id(&self.membership_id, EnrolmentId::PREFIX, ["input", "membershipId"])?;
        Ok(EndMembership { enrolment, valid_until: self.valid_until.0, idempotency_key: self.idempotency_key })
    }
}

/// Whose plot, and which.
#[derive(Debug, Clone, InputObject)]
pub struct AddPlotInput {
    /// Who farms it.
    pub producer_id: ID,
    /// What it is called, at most 100 signs.
    pub name: String,
    /// Where it lies: a GeoJSON `Point` or `Polygon` (RFC 7946) as an object, or as a text that holds one; longitude before
    /// latitude, in degrees of WGS 84. A polygon has at most 1,000 positions, and its rings do not cross.
    pub geometry: Json,
    /// How large it is, with at most four decimals; needed with a point. A polygon is measured, and what is given is not kept.
    pub hectares: Option<Decimal>,
    /// The first day on which she farms it; today where none is given.
    pub valid_from: Option<Date>,
    /// The last day; none while it lasts.
    pub valid_until: Option<Date>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl AddPlotInput {
    pub(super) fn read(self) -> Outcome<AddPlot> {
        let producer = producer_id(&self.producer_id)?;
        let Self { name, geometry, hectares, valid_from, valid_until, .. } = self;
        let draft = PlotInput { name, geometry, hectares, valid_from, valid_until }.into();
        Ok(AddPlot { producer, draft, idempotency_key: self.idempotency_key })
    }
}

/// Changes of a plot. What is left out stays as it is.
#[derive(Debug, Clone, InputObject)]
pub struct UpdatePlotInput {
    /// The plot.
    pub plot_id: ID,
    /// Another name.
    pub name: Option<String>,
    /// Where it lies, as for `addPlot`. Where a point takes the place of a polygon, its size stays unless `hectares` is given.
    pub geometry: Option<Json>,
    /// How large it is; of a polygon it is measured.
    pub hectares: Option<Decimal>,
    /// Another first day.
    pub valid_from: Option<Date>,
    /// Another last day; null while it lasts.
    pub valid_until: MaybeUndefined<Date>,
    /// Refuses the change if the plot is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl UpdatePlotInput {
    pub(super) fn read(self) -> Outcome<UpdatePlot> {
        let valid_until = match Change::from(self.valid_until) {
            Change::Keep => Change::Keep,
            Change::Clear => Change::Clear,
            Change::Set(day) => Change::Set(day.0),
        };
        let changes = PlotChanges {
            name: self.name,
            geometry: self.geometry.map(|geometry| geometry.0),
            hectares: self.hectares.map(|hectares| hectares.0),
            valid_from: self.valid_from.map(|day| day.0),
            valid_until,
        };
        Ok(UpdatePlot {
            plot: read_id(&self.plot_id, PlotId::PREFIX, ["input", "plotId"])?,
            changes,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Which plot is farmed no more, and from when.
#[derive(Debug, Clone, InputObject)]
pub struct EndPlotInput {
    /// The plot.
    pub plot_id: ID,
    /// The last day: not before the first, and not after one that was recorded before.
    pub valid_until: Date,
    /// Refuses the change if the plot is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl EndPlotInput {
    pub(super) fn read(self) -> Outcome<EndPlot> {
        Ok(EndPlot {
            plot: read_id(&self.plot_id, PlotId::PREFIX, ["input", "plotId"])?,
            valid_until: self.valid_until.0,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// What a producer was paid for a delivery.
#[derive(Debug, Clone, InputObject)]
pub struct RecordProducerPaymentInput {
    /// The event of the delivery.
    pub delivery_event_id: ID,
    /// How much, more than nothing.
    pub amount: MoneyInput,
    /// When she was paid; no time to come.
    pub paid_at: DateTime<Utc>,
    /// Repeating the mutation with the same key and input gives the first payment and records none. Where the code goes onto
    /// a slip, it gives another one in the place of the first, whose answer may have been lost.
    pub idempotency_key: Option<String>,
}

impl RecordProducerPaymentInput {
    pub(super) fn read(self) -> Outcome<RecordProducerPayment> {
        let mut wrong = Rejections::default();
        let delivery = wrong.take(read_id(&self.delivery_event_id, EventId::PREFIX, ["input", "deliveryEventId"]));
        let amount = wrong.take(self.amount.read(&["input", "amount"]));
        wrong.finish()?;
        // They are there, or the collector would not have let us pass.
        let (Some(delivery), Some(amount)) = (delivery, amount) else {
            return Err(crate::kernel::Failure::code(crate::kernel::ErrorCode::Required));
        };
        let paid_at = crate::kernel::clock::truncated(self.paid_at);
        Ok(RecordProducerPayment { delivery, amount, paid_at, idempotency_key: self.idempotency_key })
    }
}

/// The code that a producer was sent or handed.
#[derive(Clone, InputObject)]
pub struct ConfirmDeliveryInput {
    /// The code, in either case, with or without spaces; an O is read as a nought, an I or an L as a one.
    pub code: String,
    /// Repeating the mutation with the same key and code gives the first result, instead of saying that the code was used.
    pub idempotency_key: Option<String>,
}

impl From<ConfirmDeliveryInput> for ConfirmDelivery {
    fn from(input: ConfirmDeliveryInput) -> Self {
        Self { code: input.code, idempotency_key: input.idempotency_key }
    }
}

fn producer_id(producer: &ID) -> Outcome<ProducerId> {
    Ok(read_id(producer, ProducerId::PREFIX, ["input", "producerId"])?)
}
