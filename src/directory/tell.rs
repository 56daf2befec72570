//! Organizations are told what became of their evidence, and in time that it runs out.

use chrono::{Days, NaiveDate};

use super::{
    Directory, EvidenceId, EvidenceRecord, model::organization::Organization, model::ownership::Verdict, store,
};
use crate::{
    accounts::{self, OrganizationId, UserId},
    kernel::{Outcome, db::WriteTx},
    notifications::{Channel, Notice, NoticeKind},
};

/// How many days before its end an organization is reminded of a piece of evidence: the marketplace's own choice.
const DAYS_BEFORE: [i64; 3] = [7, 30, 60];
/// Pieces of evidence of one transaction.
const STEP: i64 = 200;

impl Directory {
    /// Reminds owners and managers of accepted evidence that runs out soon: once 60, 30 and 7 days before, whoever
    /// runs it and how often. Gives how many pieces they were reminded of.
    ///
    /// # Errors
    /// When the database refuses; what was told until then stays told, and the rest comes round again.
    pub async fn remind_of_evidence(&self) -> Outcome<u64> {
        let today = self.today();
        let mut reminded = 0;
        for days_before in DAYS_BEFORE {
            let last = today + Days::new(days_before.unsigned_abs());
            loop {
                let tx = self.knows.services.db.begin().await?;
                let running_out = store::evidence::running_out(&tx, today..=last, days_before, STEP).await?;
                if running_out.is_empty() {
                    break;
                }
                let ids: Vec<_> = running_out.iter().map(|(id, _, _)| id.uuid()).collect();
                let first =
                    self.knows.notifications.first_reminders(&tx, EvidenceId::PREFIX, &ids, days_before).await?;
                for (id, organization, day) in running_out.into_iter().filter(|(id, _, _)| first.contains(&id.uuid())) {
                    self.remind(&tx, id, organization, day).await?;
                    reminded += 1;
                }
                tx.commit().await?;
            }
        }
        Ok(reminded)
    }

    async fn remind(&self, tx: &WriteTx, id: EvidenceId, of: OrganizationId, day: NaiveDate) -> Outcome<()> {
        let Some(organization) = store::organizations::by_id(&**tx, of).await? else { return Ok(()) };
        let day = ("day", day.format("%d/%m/%Y").to_string());
        self.tell_keepers(tx, &organization, id, NoticeKind::EvidenceExpiring, day).await
    }

    /// Tells the owners and managers what was found in a piece of evidence.
    pub(super) async fn tell_verdict(
        &self,
        tx: &WriteTx,
        organization: &Organization,
        record: &EvidenceRecord,
        verdict: Verdict,
    ) -> Outcome<()> {
        let became = ("became", verdict.as_str().to_owned());
        self.tell_keepers(tx, organization, record.id, NoticeKind::EvidenceDecided, became).await
    }

    async fn tell_keepers(
        &self,
        tx: &WriteTx,
        organization: &Organization,
        id: EvidenceId,
        kind: NoticeKind,
        what: (&str, String),
    ) -> Outcome<()> {
        let keepers = accounts::keepers_of(tx, &[organization.id]).await?.remove(&organization.id).unwrap_or_default();
        let arguments = [("organization", organization.name.clone()), what];
        let arguments: std::collections::BTreeMap<String, String> =
            arguments.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let notice = |recipient: UserId| Notice {
            recipient,
            kind,
            subject: id.to_string(),
            cause: None,
            arguments: arguments.clone(),
            channels: Channel::ALL.to_vec(),
        };
        Ok(self.knows.notifications.tell(tx, keepers.into_iter().map(notice).collect()).await?)
    }
}
