//! Communes from a file.

use serde_json::json;

use super::{
    Directory,
    model::place_import::{ImportPlan, plan_import},
    store,
};
use crate::accounts::{
    Actor, UserId,
    policy::{self, Action, Facts},
};
use crate::kernel::{ErrorCode, Outcome, UserError, db::operations};

/// A file of communes.
#[derive(Debug, Clone)]
pub struct ImportPlaces {
    /// The file's content: CSV in UTF-8, see [`plan_import`].
    pub file: Vec<u8>,
    /// Where it comes from, for lines that do not say so themselves.
    pub source: String,
    /// Only tells what would become of each line.
    pub dry_run: bool,
}

impl Directory {
    /// Adds the communes of a file to the places, and tells line by line what became of it. Good lines are taken even
    /// where others are bad; the same file again changes nothing.
    ///
    /// # Errors
    /// `Forbidden`; a file that is no CSV or lacks a needed column.
    pub async fn import_places(&self, actor: &Actor, command: ImportPlaces) -> Outcome<ImportPlan> {
        policy::require(actor, Action::ImportReferenceData, &Facts::none())?;
        let known = self.gazetteer();
        let now = self.knows.services.now();
        let is_embedded = |code: &str| self.knows.embedded.place(code).is_some();
        let plan = plan_import(&command.file, &command.source, &known, is_embedded, now.date_naive())?;
        if command.dry_run || plan.places.is_empty() {
            return Ok(plan);
        }
        // Lines that are good each by itself may still clash: two communes with one official number.
        let after = known.extended(plan.places.clone()).map_err(|clash| {
            UserError::new(ErrorCode::Inconsistent, ["file"])
                .with("reason", format!("{}: {}", clash.row, clash.problem))
        })?;
        let tx = self.knows.services.db.begin().await?;
        store::places::write(&tx, &plan.places, &after, now).await?;
        self.note_import(&tx).await?;
        let told = json!({ "places": plan.places.len() });
        let by = (actor.user_id().map(UserId::uuid), actor.request.id.as_str());
        operations::record(&tx, "platform.import_places", by, now, told).await?;
        tx.commit().await?;
        // Another import may have committed in between; the table knows both.
        self.reload_places().await?;
        Ok(plan)
    }
}
