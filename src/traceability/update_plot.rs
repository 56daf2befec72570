//! What is known of a plot changes: `updatePlot` and `endPlot`.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    PlotId, Traceability, audit,
    model::{
        geometry::HECTARE_DECIMALS,
        period::Period,
        plot::{Land, Plot, check_name},
    },
    producers::{check_version, gone, rejected, require_seen},
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        Outcome, UserError,
        change::Change,
        clock::Timestamp,
        decimal,
        error::Rejections,
        idempotency::{self, Claimed},
    },
};

/// What becomes of a plot. What is not mentioned stays.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PlotChanges {
    /// Another name.
    pub name: Option<String>,
    /// Where it lies, as GeoJSON.
    pub geometry: Option<Value>,
    /// How large it is, in hectares; of a point only.
    pub hectares: Option<String>,
    /// Another first day.
    pub valid_from: Option<NaiveDate>,
    /// Another last day.
    pub valid_until: Change<NaiveDate>,
}

/// Which plot, and what becomes of it.
#[derive(Debug, Clone, Serialize)]
pub struct UpdatePlot {
    /// The plot.
    pub plot: PlotId,
    /// What changes.
    pub changes: PlotChanges,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Which plot is farmed no more, and from when.
#[derive(Debug, Clone, Serialize)]
pub struct EndPlot {
    /// The plot.
    pub plot: PlotId,
    /// The last day.
    pub valid_until: NaiveDate,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl PlotChanges {
    /// The plot with the changes, at its old version, or everything that is wrong with them.
    fn apply(&self, before: &Plot) -> Result<Plot, Rejections> {
        let at = |field: &str| vec!["input".to_owned(), field.to_owned()];
        let mut wrong = Rejections::default();
        let name = self.name.as_deref().map(|typed| check_name(typed, at("name"))).transpose();
        let name = wrong.take(name).flatten();
        let land = wrong.take(self.land(before).transpose()).flatten();
        let from = self.valid_from.unwrap_or(before.period.from);
        let period = Period { from, until: self.valid_until.clone().over(before.period.until) };
        let period = wrong.take(period.check(at));
        let Some(period) = period.filter(|_| wrong.is_empty()) else { return Err(wrong) };
        let mut after = Plot { period, ..before.clone() };
        after.name = name.unwrap_or(after.name);
        if let Some(land) = land {
            after.geometry = Some(land.geometry);
            after.square_metres = Some(land.square_metres);
            after.centre = land.centre;
        }
        Ok(after)
    }

    /// Where it lies and how large it is, if one of them changes: the other stays as it was.
    fn land(&self, before: &Plot) -> Option<Result<Land, UserError>> {
        if self.geometry.is_none() && self.hectares.is_none() {
            return None;
        }
        let geometry = self.geometry.as_ref().or(before.geometry.as_ref())?;
        let before = before.square_metres.map(|area| decimal::format_scaled(area, HECTARE_DECIMALS));
        let hectares = self.hectares.as_deref().or(before.as_deref());
        Some(Land::read(geometry, hectares, &["input"]))
    }
}

impl Traceability {
    /// Changes the mentioned fields. A change of nothing makes no new version.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `VersionConflict`, `InvalidTransition`
    /// where the producer was forgotten, and everything that is wrong with the input.
    pub async fn update_plot(&self, actor: &Actor, command: UpdatePlot) -> Outcome<Plot> {
        let key = (command.idempotency_key.as_deref(), "updatePlot");
        let change = |before: &Plot| command.changes.apply(before).map_err(rejected);
        self.change_plot(actor, (command.plot, command.expected_version), key, &command, change).await
    }

    /// Records the last day on which a plot is farmed: not later than one that was recorded before.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `VersionConflict`, `InvalidTransition`
    /// where the producer was forgotten, `OutOfRange` for the day.
    pub async fn end_plot(&self, actor: &Actor, command: EndPlot) -> Outcome<Plot> {
        let key = (command.idempotency_key.as_deref(), "endPlot");
        let change = |before: &Plot| {
            let period = before.period.ended(command.valid_until, ["input", "validUntil"])?;
            Ok(Plot { period, ..before.clone() })
        };
        self.change_plot(actor, (command.plot, command.expected_version), key, &command, change).await
    }

    async fn change_plot(
        &self,
        actor: &Actor,
        (id, expected_version): (PlotId, Option<i64>),
        (key, operation): (Option<&str>, &'static str),
        command: &(impl Serialize + Sync),
        change: impl Fn(&Plot) -> Outcome<Plot> + Send,
    ) -> Outcome<Plot> {
        let now: Timestamp = self.services().now();
        let tx = self.services().db.begin().await?;
        let found = store::plots::find(&tx, id).await?;
        let found = require_seen(actor, found, |plot| plot.organization, "plotId")?;
        let producer = self.lock_producer(&tx, actor, Action::ManageProducers, found.producer).await?;
        // As it stands under the lock.
        let before = store::plots::find(&tx, id).await?.ok_or_else(gone)?;
        let claim = match idempotency::claim(&tx, actor.idempotency_scope(), key, operation, command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        let producer = producer.remembered(operation)?;
        check_version(expected_version, before.version)?;
        let mut after = change(&before)?;
        if after != before {
            after.version += 1;
            after.updated_at = now;
            store::plots::update(&tx, &after).await?;
            let logged = audit::Change::of(
                producer.organization,
                "plot.update",
                (PlotId::PREFIX, after.id.uuid()),
                json!({ "producer": producer.code, "changed": differences(&before, &after) }),
            );
            audit::append(&tx, actor, now, logged).await?;
        }
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }
}

/// The names of the fields in which two states of a plot differ.
fn differences(one: &Plot, other: &Plot) -> Vec<&'static str> {
    let differ = [
        ("name", one.name != other.name),
        ("geometry", one.geometry != other.geometry),
        ("area", one.square_metres != other.square_metres),
        ("period", one.period != other.period),
    ];
    differ.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect()
}
