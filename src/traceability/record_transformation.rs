//! Lots become other lots: several become one, one becomes several, or they become other products. In EPCIS all three are a
//! transformation.

use serde::Serialize;

use super::{
    LotId, Portion, Recorded, Traceability,
    model::{
        epcis::ours,
        event::{EpcRole, EventKind},
        lot::CustodyModel,
        yields::{Excess, Mass},
    },
    recording::{Made, Scene, Taken, custody_of, edges_between, grade_of, path},
    store,
    weighing::Reading,
};
use crate::{
    accounts::{
        Actor, OrganizationId, Role,
        policy::{self, Action, Facts},
    },
    catalog::model::draft::QUANTITY_THOUSANDTHS_MAX,
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        clock::Timestamp,
        decimal::format_scaled,
        idempotency::{self, Claimed},
        quantity::{DECIMALS, Quantity},
        text::TextRule,
    },
};

/// Lots that one event takes from at most.
const INPUTS_MAX: usize = 200;
/// Lots that one event makes at most.
const OUTPUTS_MAX: usize = 50;

const REASON: TextRule = TextRule { length_min: 10, length_max: 500, multiline: false };

/// What becomes of the lots.
#[derive(Debug, Clone, Serialize)]
pub enum Becomes {
    /// One lot of the same product.
    One,
    /// Several lots of the same product, of these quantities of the one that goes in.
    Several {
        /// What goes in.
        lot: LotId,
        /// What each of them weighs.
        quantities: Vec<Quantity>,
    },
    /// Lots of other products.
    Others {
        /// What came out.
        outputs: Vec<Output>,
        /// Why more came out than the rule of yield allows, signed by whoever records it.
        waiver: Option<String>,
    },
}

/// Something that came out.
#[derive(Debug, Clone, Serialize)]
pub struct Output {
    /// The product, by its code or name.
    pub product: String,
    /// How much.
    pub quantity: Quantity,
    /// Its grade, as it was found.
    pub grade: Option<String>,
}

/// Which lots become what.
#[derive(Debug, Clone, Serialize)]
pub struct RecordTransformation {
    /// The organization that has them.
    pub organization: OrganizationId,
    /// What goes in; nothing where [`Becomes`] names it.
    pub inputs: Vec<Portion>,
    /// What comes out.
    pub becomes: Becomes,
    /// When.
    pub occurred_at: Timestamp,
    /// Where; the organization's own place where none is named.
    pub place: Option<String>,
    /// A weaker chain of custody than follows from the inputs, where it was.
    pub custody: Option<CustodyModel>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Aggregation,
    Split,
    Transformation,
}

impl Kind {
    const fn event_kind(self) -> EventKind {
        match self {
            Self::Aggregation => EventKind::Aggregation,
            Self::Split => EventKind::Split,
            Self::Transformation => EventKind::Transformation,
        }
    }
}

impl Becomes {
    const fn operation(&self) -> &'static str {
        match self {
            Self::One => "recordAggregation",
            Self::Several { .. } => "recordSplit",
            Self::Others { .. } => "recordTransformation",
        }
    }

    const fn kind(&self) -> Kind {
        match self {
            Self::One => Kind::Aggregation,
            Self::Several { .. } => Kind::Split,
            Self::Others { .. } => Kind::Transformation,
        }
    }
}

impl Traceability {
    /// Records that lots became others. What goes in is taken from its lots at once; of what comes out each output got its part
    /// of each input.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the organization or a lot, [`ErrorCode::Forbidden`], what keeps a lot from being used
    /// ([`ErrorCode::LotNotHeld`], [`ErrorCode::LotOnHold`], [`ErrorCode::LotInTransit`], [`ErrorCode::BeforeLot`],
    /// [`ErrorCode::InsufficientStock`]), [`ErrorCode::MixedProducts`], [`ErrorCode::YieldExceeded`], and everything that is
    /// wrong with the input.
    pub async fn record_transformation(&self, actor: &Actor, command: RecordTransformation) -> Outcome<Recorded> {
        let organization = self.acting_for(actor, command.organization, Action::RecordEvents).await?;
        let gazetteer = self.knows.directory.gazetteer();
        let mut wrong = Rejections::default();
        let at = wrong.take(self.happened_at(command.occurred_at, &["occurredAt"]));
        let place = wrong.take(self.place_of(&gazetteer, command.place.as_deref(), &organization));
        wrong.take(match &command.becomes {
            Becomes::One => counted(command.inputs.len(), INPUTS_MAX, "inputs"),
            Becomes::Several { quantities, .. } => counted(quantities.len(), OUTPUTS_MAX, "quantities"),
            Becomes::Others { outputs, .. } => counted(command.inputs.len(), INPUTS_MAX, "inputs")
                .and_then(|()| counted(outputs.len(), OUTPUTS_MAX, "outputs")),
        });
        let waiver = wrong.absorb(self.waiver(actor, &command))?.flatten();
        wrong.finish()?;
        let (Some(at), Some(place)) = (at, place) else {
            return Err(UserError::new(ErrorCode::Required, ["input"]).into());
        };
        let reading = Reading { taxonomy: self.taxonomy(), gazetteer: &gazetteer, day: at.date_naive() };

        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, command.becomes.operation(), &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.recorded_again(id).await;
            }
        };
        let scene = Scene { tx: &tx, actor, organization: &organization, at, place, now };
        let (taken, parts) = match &command.becomes {
            Becomes::One | Becomes::Others { .. } => {
                (self.take(&scene, &reading, &command.inputs, &["inputs"]).await?, Vec::new())
            }
            Becomes::Several { lot, quantities } => {
                let (taken, parts) = self.take_parts(&scene, &reading, *lot, quantities).await?;
                (vec![taken], parts)
            }
        };
        let made = self.outputs(&reading, &command, &taken, &parts, waiver.is_some())?;
        let recorded = self.transform(&scene, command.becomes.kind(), &taken, &made, waiver.as_deref()).await?;
        claim.finish(&tx, recorded.event.id.uuid()).await?;
        tx.commit().await?;
        Ok(recorded)
    }

    /// Takes from lots, makes others of it, and appends the event that tells so.
    pub(super) async fn transform(
        &self,
        scene: &Scene<'_>,
        becomes: Kind,
        taken: &[Taken],
        made: &[Made<'_>],
        waiver: Option<&str>,
    ) -> Outcome<Recorded> {
        self.withdraw(scene, taken).await?;
        let id = self.new_event();
        let lots = self.make(scene, id, made)?;
        store::lots::insert(scene.tx, &lots).await?;
        store::lots::insert_edges(scene.tx, &edges_between(taken, &lots)).await?;
        let inputs: Vec<ours::Amount> = taken.iter().map(|taken| self.amount(&taken.lot, taken.grams)).collect();
        let outputs: Vec<ours::Made> = lots.iter().map(|lot| self.made(lot)).collect();
        let role = scene.actor.role_in(scene.organization.id).map_or("SYSTEM", Role::as_str);
        let waiver = waiver.map(|reason| ours::Waiver { reason, signed_by: role });
        let step = ours::Step { inputs: &inputs, outputs: &outputs, waiver };
        let told = self.told(scene);
        let body = match becomes {
            Kind::Aggregation => ours::aggregation(&told, &step),
            Kind::Split => ours::split(&told, &step),
            Kind::Transformation => ours::transformation(&told, &step),
        };
        let kind = becomes.event_kind();
        let about = taken.iter().map(|taken| (&taken.lot, EpcRole::Input));
        let about: Vec<_> = about.chain(lots.iter().map(|lot| (lot, EpcRole::Output))).collect();
        let event = self.append(scene, id, (kind, body), about).await?;
        Ok(Recorded { event, lots })
    }

    /// The signed reason, if there is one and whoever records may sign.
    fn waiver(&self, actor: &Actor, command: &RecordTransformation) -> Outcome<Option<String>> {
        let Becomes::Others { waiver: Some(reason), .. } = &command.becomes else { return Ok(None) };
        policy::require(actor, Action::WaiveYield, &Facts::of(command.organization)).map_err(
            |failure| match failure {
                Failure::Rejected(_) => UserError::new(ErrorCode::Forbidden, ["input", "waiver"]).into(),
                Failure::Fault(_) => failure,
            },
        )?;
        Ok(Some(REASON.check(reason, ["input", "waiver"])?))
    }

    /// What comes out, or everything that is wrong with it.
    fn outputs<'m>(
        &self,
        reading: &Reading<'m>,
        command: &RecordTransformation,
        taken: &'m [Taken],
        parts: &[i64],
        waived: bool,
    ) -> Outcome<Vec<Made<'m>>> {
        let weakest = custody_of(taken);
        let custody = match command.custody {
            Some(asked) if asked < weakest => {
                let error = UserError::new(ErrorCode::InvalidValue, ["input", "custodyModel"]);
                let allowed: Vec<&str> =
                    CustodyModel::ALL.iter().filter(|model| **model >= weakest).map(|model| model.as_str()).collect();
                return Err(error.with("value", asked.as_str()).with("allowed", allowed.join(", ")).into());
            }
            Some(asked) => asked,
            None => weakest,
        };
        let total: i64 = taken.iter().map(|taken| taken.grams).sum();
        if total > QUANTITY_THOUSANDTHS_MAX {
            let error = UserError::new(ErrorCode::OutOfRange, ["input", "inputs"]).with("minimum", "0.001");
            return Err(error.with("maximum", format_scaled(QUANTITY_THOUSANDTHS_MAX, DECIMALS)).into());
        }
        match &command.becomes {
            Becomes::One => {
                let product = only_product(taken)?;
                Ok(vec![Made { product, grade: grade_of(taken), grams: total, custody, waived: false }])
            }
            Becomes::Several { .. } => {
                let product = only_product(taken)?;
                let made =
                    |grams: &i64| Made { product, grade: grade_of(taken), grams: *grams, custody, waived: false };
                Ok(parts.iter().map(made).collect())
            }
            Becomes::Others { outputs, .. } => self.others(reading, outputs, taken, (custody, waived)),
        }
    }

    fn others<'m>(
        &self,
        reading: &Reading<'m>,
        outputs: &[Output],
        taken: &'m [Taken],
        (custody, waived): (CustodyModel, bool),
    ) -> Outcome<Vec<Made<'m>>> {
        let mut wrong = Rejections::default();
        let place = taken.first().and_then(|taken| taken.lot.place.as_deref());
        let mut made = Vec::with_capacity(outputs.len());
        for (index, output) in outputs.iter().enumerate() {
            let at = |field: &str| path(&["outputs", &index.to_string(), field]);
            let grade = output.grade.as_deref().map(|typed| TextRule::LINE.check(typed, at("grade"))).transpose();
            let grade = wrong.take(grade).flatten();
            let Some(product) = wrong.take(reading.product(&output.product, at("productCode"))) else { continue };
            let product = reading.taxonomy.product(product).map_or("", |product| product.code.as_str());
            let Some(grams) = wrong.take(reading.mass(&output.quantity, product, place, at("quantity"))) else {
                continue;
            };
            made.push(Made { product, grade, grams, custody, waived: false });
        }
        wrong.finish()?;
        let inputs: Vec<Mass<'_>> =
            taken.iter().map(|taken| Mass { product: &taken.lot.product, grams: taken.grams }).collect();
        let came: Vec<Mass<'_>> = made.iter().map(|made| Mass { product: made.product, grams: made.grams }).collect();
        match self.knows.yields.check(&inputs, &came, self.taxonomy(), reading.day) {
            Ok(()) => Ok(made),
            // Signed for: it is recorded, and marked for whoever looks.
            Err(_) if waived => Ok(made.into_iter().map(|made| Made { waived: true, ..made }).collect()),
            Err(excess) => Err(exceeded(&excess).into()),
        }
    }
}

fn only_product(taken: &[Taken]) -> Outcome<&str> {
    let first = taken.first().map_or("", |taken| taken.lot.product.as_str());
    match taken.iter().position(|taken| taken.lot.product != first) {
        None => Ok(first),
        Some(index) => {
            let path = path(&["inputs", &index.to_string(), "lotId"]);
            let error = UserError::new(ErrorCode::MixedProducts, path).with("product", &taken[index].lot.product);
            Err(error.with("first", first).into())
        }
    }
}

fn counted(count: usize, maximum: usize, field: &str) -> Result<(), UserError> {
    match count {
        0 => Err(UserError::new(ErrorCode::Required, ["input", field])),
        count if count > maximum => Err(UserError::new(ErrorCode::TooLong, ["input", field]).with("maximum", maximum)),
        _ => Ok(()),
    }
}

fn exceeded(excess: &Excess) -> UserError {
    let kilograms = |grams| format_scaled(grams, DECIMALS);
    UserError::new(ErrorCode::YieldExceeded, ["input", "outputs"])
        .with("product", excess.product.as_deref().unwrap_or("–"))
        .with("actual", kilograms(excess.grams))
        .with("maximum", kilograms(excess.grams_max))
        .with("source", excess.source.as_deref().unwrap_or("–"))
}
