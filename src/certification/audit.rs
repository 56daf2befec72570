//! What the audit log keeps of this room.

use serde_json::{Value, json};

use super::{
    Certificate, CertificateId,
    model::{decision::Decided, draft::CheckedDraft},
};
use crate::{
    accounts::{Actor, UserId},
    kernel::{
        Fault,
        audit::{self, AuditEntry},
        clock::Timestamp,
        db::WriteTx,
    },
};

/// One change of a certificate.
pub(super) struct Change {
    action: &'static str,
    before: Option<Value>,
    after: Value,
    /// Whether the holder did it, or somebody who acted for nobody.
    by_holder: bool,
}

/// A certificate was handed in by its holder.
pub(super) fn submitted(certificate: &Certificate, checked: &CheckedDraft) -> Change {
    Change { action: "certificate.submit", before: None, after: written(certificate, checked), by_holder: true }
}

/// A certificate was recorded from its register.
pub(super) fn recorded(certificate: &Certificate, checked: &CheckedDraft) -> Change {
    Change { action: "certificate.record", before: None, after: written(certificate, checked), by_holder: false }
}

/// Something was decided about a certificate.
pub(super) fn decided(action: &'static str, before: &Certificate, decided: &Decided) -> Change {
    Change {
        action,
        before: Some(json!({ "record": before.record, "void_from": before.void_from })),
        after: json!({
            "record": decided.record,
            "effective_from": decided.effective_from,
            "reason": decided.reason,
        }),
        by_holder: false,
    }
}

fn written(certificate: &Certificate, checked: &CheckedDraft) -> Value {
    json!({
        "scheme": certificate.scheme,
        "number": certificate.number,
        "issuer": certificate.issuer_name,
        "record": certificate.record,
        "valid_from": certificate.valid_from,
        "valid_until": certificate.valid_until,
        "products": certificate.products,
        "sites": certificate.sites,
        "volume_limit_grams": certificate.volume_limit_grams,
        "covered": checked.covered,
        // Who they are is personal, and what is sealed here stays.
        "group_members": checked.members.len(),
    })
}

/// Appends a change to the holder's log.
pub(super) async fn append(
    tx: &WriteTx,
    actor: &Actor,
    certificate: &Certificate,
    at: Timestamp,
    change: Change,
) -> Result<(), Fault> {
    let entry = AuditEntry {
        chain: certificate.holder,
        at,
        actor_user: actor.user_id().map(UserId::uuid),
        on_behalf_of: change.by_holder.then_some(certificate.holder),
        action: change.action,
        subject_kind: CertificateId::PREFIX,
        subject_id: certificate.id,
        before: change.before,
        after: Some(change.after),
        request_id: actor.request.id.as_str().to_owned(),
    };
    Ok(audit::append(tx, &entry).await?)
}
