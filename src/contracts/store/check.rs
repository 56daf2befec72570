//! What has to add up in the tables of the room, and where it does not.

use crate::kernel::{
    Fault,
    db::{Database, Reader, Sql},
};

/// What is held against each other: what it is, and a select of the ids for which it does not hold.
const CHECKS: [(&str, &str); 9] = [
    (
        "a contract's amount is not the sum of its lines",
        "SELECT c.id FROM contract c WHERE c.amount_minor <> (SELECT COALESCE(SUM(l.amount_minor), 0) FROM contract_line l \
         WHERE l.contract_id = c.id)",
    ),
    (
        "more of a contract's line is billed than accepted",
        "SELECT l.contract_id FROM contract_line l WHERE l.billed > l.accepted OR l.billed < 0",
    ),
    (
        "what is accepted of a contract's line is not what its deliveries say",
        "SELECT l.contract_id FROM contract_line l WHERE l.accepted <> (SELECT COALESCE(SUM(d.accepted), 0) \
         FROM contract_delivery d WHERE d.contract_line_id = l.id)",
    ),
    (
        "what is billed of a contract's line is not what its invoices say",
        "SELECT l.contract_id FROM contract_line l WHERE l.billed <> (SELECT COALESCE(SUM(i.quantity), 0) FROM invoice_line i \
         JOIN invoice v ON v.id = i.invoice_id WHERE i.contract_line_id = l.id AND v.status <> 'REJECTED')",
    ),
    (
        "an invoice is not the sum of its lines",
        "SELECT v.id FROM invoice v WHERE v.gross_minor <> (SELECT COALESCE(SUM(i.amount_minor), 0) FROM invoice_line i \
         WHERE i.invoice_id = v.id) OR v.penalty_minor <> (SELECT COALESCE(SUM(i.penalty_minor), 0) FROM invoice_line i \
         WHERE i.invoice_id = v.id)",
    ),
    (
        "what is paid on an invoice is not the sum of its payments",
        "SELECT v.id FROM invoice v WHERE v.paid_minor <> (SELECT COALESCE(SUM(p.minor), 0) FROM payment p \
         WHERE p.invoice_id = v.id AND p.status <> 'DISPUTED')",
    ),
    (
        "an invoice is said to be paid, or not to be, against what was paid on it",
        "SELECT v.id FROM invoice v WHERE (v.status = 'PAID') <> (v.paid_minor = v.net_minor - v.discount_minor) \
         AND v.status IN ('APPROVED', 'PAID')",
    ),
    (
        "the shares of a contract's suppliers are not whole",
        "SELECT c.id FROM contract c WHERE 100000 <> (SELECT COALESCE(SUM(s.share), 0) FROM contract_supplier s \
         WHERE s.contract_id = c.id)",
    ),
    (
        "a contract's wording in force lacks a signature",
        "SELECT c.id FROM contract c WHERE c.version_in_force > 0 AND 1 + (SELECT COUNT(*) FROM contract_supplier s \
         WHERE s.contract_id = c.id) > (SELECT COUNT(*) FROM contract_signature g WHERE g.contract_id = c.id \
         AND g.version = c.version_in_force)",
    ),
];

/// Processes whose chain lacks its beginning, or whose count of events is not that of the events.
const PROCESSES: &str = "SELECT p.id FROM procurement_process p WHERE NOT EXISTS (SELECT 1 FROM audit_chain a \
    WHERE a.chain_id = p.id AND a.head_sequence >= 1) OR p.events <> (SELECT COUNT(*) FROM procurement_event e \
    WHERE e.process_id = p.id) OR (SELECT a.head_sequence FROM audit_chain a WHERE a.chain_id = p.id) <> \
    (SELECT COUNT(*) FROM audit_entry e WHERE e.chain_id = p.id)";

/// What does not add up: what it is, and of how many things, the first few of them by id.
pub(in crate::contracts) async fn contradictions(
    db: &Database,
    few: usize,
) -> Result<Vec<(&'static str, Vec<uuid::Uuid>, usize)>, Fault> {
    let processes = ("the audit chain of a process is not complete", PROCESSES);
    let mut found = Vec::new();
    for (what, select) in CHECKS.into_iter().chain([processes]) {
        let rows = Sql::new(select).rows(db).await?;
        if rows.is_empty() {
            continue;
        }
        let ids = rows.iter().take(few).map(|row| Reader::new(row)?.get()).collect::<Result<Vec<_>, _>>()?;
        found.push((what, ids, rows.len()));
    }
    Ok(found)
}

/// How many contracts, invoices and processes there are.
pub(in crate::contracts) async fn counts(db: &Database) -> Result<(i64, i64, i64), Fault> {
    let select = "SELECT (SELECT COUNT(*) FROM contract), (SELECT COUNT(*) FROM invoice), \
                  (SELECT COUNT(*) FROM procurement_process)";
    let rows = Sql::new(select).rows(db).await?;
    let row = rows.first().ok_or_else(|| Fault::corrupt("count", "it gave no row"))?;
    let mut next = Reader::new(row)?;
    Ok((next.get()?, next.get()?, next.get()?))
}
