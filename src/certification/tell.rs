//! Holders are told what a certificate has become, and in time that it runs out.

use chrono::Days;

use super::{Certificate, CertificateId, Certification, store};
use crate::{
    accounts::{self, OrganizationId, UserId},
    kernel::{Outcome, db::WriteTx, locale::Locale},
    notifications::{Channel, Notice, NoticeKind},
};

/// How many days before its end a holder is reminded: the marketplace's own choice, two months being what a renewal takes.
const DAYS_BEFORE: [i64; 3] = [7, 30, 60];
/// Certificates of one transaction.
const STEP: i64 = 200;

impl Certification {
    /// Reminds the owners and managers of holders whose certificates run out soon: once 60, 30 and 7 days before,
    /// whoever runs it and how often. Gives how many certificates they were reminded of.
    ///
    /// # Errors
    /// When the database refuses; what was told until then stays told, and the rest comes round again.
    pub async fn remind_of_expiry(&self) -> Outcome<u64> {
        let today = self.today();
        let mut reminded = 0;
        for days_before in DAYS_BEFORE {
            let last = today + Days::new(days_before.unsigned_abs());
            loop {
                let tx = self.knows.services.db.begin().await?;
                let running_out = store::certificates::running_out(&tx, today..=last, days_before, STEP).await?;
                if running_out.is_empty() {
                    break;
                }
                let ids: Vec<_> = running_out.iter().map(|certificate| certificate.id).collect();
                let first =
                    self.knows.notifications.first_reminders(&tx, CertificateId::PREFIX, &ids, days_before).await?;
                let due: Vec<&Certificate> = running_out.iter().filter(|held| first.contains(&held.id)).collect();
                let holders: Vec<_> = due.iter().map(|held| OrganizationId::from_uuid(held.holder)).collect();
                let keepers = accounts::keepers_of(&tx, &holders).await?;
                let notices = due.iter().flat_map(|held| {
                    let keepers = keepers.get(&OrganizationId::from_uuid(held.holder)).map(Vec::as_slice);
                    keepers.unwrap_or_default().iter().map(|keeper| self.notice(held, *keeper))
                });
                self.knows.notifications.tell(&tx, notices.collect()).await?;
                tx.commit().await?;
                reminded += due.len() as u64;
            }
        }
        Ok(reminded)
    }

    fn notice(&self, held: &Certificate, recipient: UserId) -> Notice {
        let day = held.valid_until.format("%d/%m/%Y").to_string();
        self.notice_of(held, recipient, NoticeKind::CertificateExpiring, ("day", day))
    }

    /// Tells the owners and managers of the holder what a certificate has become.
    pub(super) async fn tell_decision(&self, tx: &WriteTx, certificate: &Certificate) -> Outcome<()> {
        let holder = OrganizationId::from_uuid(certificate.holder);
        let keepers = accounts::keepers_of(tx, &[holder]).await?.remove(&holder).unwrap_or_default();
        let became = certificate.record.as_str();
        let notice = |keeper: UserId| {
            self.notice_of(certificate, keeper, NoticeKind::CertificateDecided, ("became", became.to_owned()))
        };
        Ok(self.knows.notifications.tell(tx, keepers.into_iter().map(notice).collect()).await?)
    }

    fn notice_of(&self, held: &Certificate, recipient: UserId, kind: NoticeKind, what: (&str, String)) -> Notice {
        let scheme = self.knows.schemes.scheme(&held.scheme);
        let label = scheme.and_then(|scheme| scheme.labels.best(Locale::Fr)).unwrap_or(&held.scheme);
        let arguments = [("scheme", label.to_owned()), ("number", held.number.clone()), what];
        Notice {
            recipient,
            kind,
            subject: CertificateId::from_uuid(held.id).to_string(),
            cause: None,
            arguments: arguments.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            channels: Channel::ALL.to_vec(),
        }
    }
}
