//! Land that a producer farms is recorded.

use serde::Serialize;
use serde_json::json;

use super::{
    PlotId, ProducerId, Traceability, audit,
    model::plot::{PLOTS_MAX, Plot, PlotDraft},
    producers::{gone, rejected},
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        ErrorCode, Outcome, UserError,
        error::Rejections,
        idempotency::{self, Claimed},
    },
};

/// Whose plot, and which.
#[derive(Debug, Clone, Serialize)]
pub struct AddPlot {
    /// Who farms it.
    pub producer: ProducerId,
    /// The plot.
    pub draft: PlotDraft,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Records a plot; the area of a polygon is measured.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`] for a producer who was forgotten,
    /// [`ErrorCode::LimitReached`], and everything that is wrong with the input.
    pub async fn add_plot(&self, actor: &Actor, command: AddPlot) -> Outcome<Plot> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let producer = self.lock_producer(&tx, actor, Action::ManageProducers, command.producer).await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "addPlot", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => return store::plots::find(&tx, PlotId::from_uuid(id)).await?.ok_or_else(gone),
        };
        let producer = producer.remembered("addPlot")?;
        let mut wrong = Rejections::default();
        let checked = command.draft.check(&["input"], now.date_naive(), &mut wrong);
        let Some(checked) = checked.filter(|_| wrong.is_empty()) else { return Err(rejected(wrong)) };
        if store::plots::count_of(&tx, producer.id).await? >= PLOTS_MAX {
            return Err(UserError::new(ErrorCode::LimitReached, ["input"]).with("maximum", PLOTS_MAX).into());
        }
        let plot = self.plot_of(&producer, checked, now);
        store::plots::insert(&tx, std::slice::from_ref(&plot)).await?;
        let change = audit::Change::of(
            producer.organization,
            "plot.add",
            (PlotId::PREFIX, plot.id.uuid()),
            json!({ "producer": producer.code }),
        );
        audit::append(&tx, actor, now, change).await?;
        claim.finish(&tx, plot.id.uuid()).await?;
        tx.commit().await?;
        Ok(plot)
    }
}
