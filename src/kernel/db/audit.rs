//! The audit log: every change of state, appended in the change's own transaction, each entry sealed to the one before.
//!
//! There is one chain an organization (and one a user for what concerns only her account), so that two organizations
//! never wait for each other; and one a procurement process, which is handed out whole. An entry's hash is `SHA-256(previous hash ‖ JCS(entry))`; altering or removing an entry
//! breaks every hash after it, and the chain's head tells a cut-off end.

mod exported;

use std::borrow::Cow;

pub use exported::{ExportedChain, ExportedEntry, export_chain, verify_exported};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value as SqlValue};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Database, Head, Insert, WriteTx, operations::Act, sql};
use crate::kernel::{
    canonical,
    clock::Timestamp,
    page::{CursorKey, Direction, Page, Slice, SortValue},
};

const HASH_LENGTH: usize = 32;
/// Where entries go.
const ENTRIES: &str = "audit_entry (chain_id, sequence, at, actor_user, on_behalf_of, action, subject_kind, subject_id, before, \
                       after, request_id, previous_hash, hash)";

/// One change of state.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    /// Whose log: the organization, or the user where no organization is concerned.
    pub chain: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who did it; none when the system did.
    pub actor_user: Option<Uuid>,
    /// The organization that she acted for.
    pub on_behalf_of: Option<Uuid>,
    /// What was done, as `listing.publish`.
    pub action: &'static str,
    /// The kind of thing it was done to, as its id's prefix.
    pub subject_kind: &'static str,
    /// The thing.
    pub subject_id: Uuid,
    /// What the thing was.
    pub before: Option<Value>,
    /// What it became.
    pub after: Option<Value>,
    /// The request that asked for it.
    pub request_id: String,
}

/// What is hashed, in the form that [JCS](https://www.rfc-editor.org/rfc/rfc8785) makes canonical.
#[derive(Serialize)]
struct Sealed<'a> {
    chain: Uuid,
    sequence: i64,
    at: i64,
    actor_user: Option<Uuid>,
    on_behalf_of: Option<Uuid>,
    action: &'a str,
    subject_kind: &'a str,
    subject_id: Uuid,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    request_id: &'a str,
}

impl Sealed<'_> {
    /// The members in the order of their names.
    fn members(&self) -> [(&str, Cow<'_, Value>); 11] {
        let id = |id: Option<Uuid>| Cow::Owned(id.map_or(Value::Null, |id| id.to_string().into()));
        [
            ("action", Cow::Owned(self.action.into())),
            ("actor_user", id(self.actor_user)),
            ("after", self.after.map_or(Cow::Owned(Value::Null), Cow::Borrowed)),
            ("at", Cow::Owned(self.at.into())),
            ("before", self.before.map_or(Cow::Owned(Value::Null), Cow::Borrowed)),
            ("chain", id(Some(self.chain))),
            ("on_behalf_of", id(self.on_behalf_of)),
            ("request_id", Cow::Owned(self.request_id.into())),
            ("sequence", Cow::Owned(self.sequence.into())),
            ("subject_id", id(Some(self.subject_id))),
            ("subject_kind", Cow::Owned(self.subject_kind.into())),
        ]
    }

    fn hash(&self, previous: &[u8]) -> Result<Vec<u8>, DbErr> {
        const USUAL_BYTES: usize = 2 * 1024;
        let mut canonical = Vec::with_capacity(USUAL_BYTES);
        canonical::write_members(self.members(), &mut canonical)
            .map_err(|error| DbErr::Custom(format!("audit entry: {error}")))?;
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(canonical);
        Ok(hasher.finalize().to_vec())
    }
}

impl AuditEntry {
    fn sealed(&self, sequence: i64) -> Sealed<'_> {
        Sealed {
            chain: self.chain,
            sequence,
            at: self.at.timestamp_micros(),
            actor_user: self.actor_user,
            on_behalf_of: self.on_behalf_of,
            action: self.action,
            subject_kind: self.subject_kind,
            subject_id: self.subject_id,
            before: self.before.as_ref(),
            after: self.after.as_ref(),
            request_id: &self.request_id,
        }
    }
}

/// Appends an entry to its chain. Other transactions that append to the same chain wait until this one ends. The entry is written
/// just before the commit.
///
/// # Errors
/// When the database refuses.
pub async fn append(tx: &WriteTx, entry: &AuditEntry) -> Result<(), DbErr> {
    append_all(tx, entry.chain, std::slice::from_ref(entry)).await
}

/// Appends entries to one chain in their order, which are all of that chain.
///
/// # Errors
/// When the database refuses, or an entry is of another chain.
pub async fn append_all(tx: &WriteTx, chain: Uuid, entries: &[AuditEntry]) -> Result<(), DbErr> {
    if entries.is_empty() {
        return Ok(());
    }
    if entries.iter().any(|entry| entry.chain != chain) {
        return Err(DbErr::Custom("an audit entry of another chain".to_owned()));
    }
    let Head { mut sequence, mut hash } = hold(tx, chain).await?;
    for entry in entries {
        sequence += 1;
        let next = entry.sealed(sequence).hash(&hash)?;
        let previous = std::mem::replace(&mut hash, next);
        let row = vec![
            chain.into(),
            sequence.into(),
            entry.at.into(),
            entry.actor_user.into(),
            entry.on_behalf_of.into(),
            entry.action.into(),
            entry.subject_kind.into(),
            entry.subject_id.into(),
            entry.before.clone().into(),
            entry.after.clone().into(),
            entry.request_id.clone().into(),
            previous.into(),
            hash.clone().into(),
        ];
        tx.insert_later(Insert::into(ENTRIES), row);
    }
    tx.later().advance(chain, Head { sequence, hash });
    entries.iter().filter_map(Act::of).for_each(|act| tx.tell_of(act));
    Ok(())
}

/// Locks the end of a chain, and reads it, unless the transaction has it already; makes it if need be.
async fn hold(tx: &WriteTx, chain: Uuid) -> Result<Head, DbErr> {
    let held = tx.later().head(chain);
    if let Some(head) = held {
        return Ok(head);
    }
    let mut locked = sql("SELECT head_sequence, head_hash FROM audit_chain WHERE chain_id = $1", [chain.into()]);
    locked.lock(tx, " FOR NO KEY UPDATE");
    let row = match locked.one(&**tx).await? {
        Some(row) => row,
        None => {
            // Somebody else may make it at the same time.
            let text = "INSERT INTO audit_chain (chain_id, head_sequence, head_hash) VALUES ($1, 0, $2)
                        ON CONFLICT (chain_id) DO UPDATE SET head_sequence = audit_chain.head_sequence
                        RETURNING head_sequence, head_hash";
            let row = sql(text, [chain.into(), vec![0_u8; HASH_LENGTH].into()]).one(&**tx).await?;
            row.ok_or(DbErr::RecordNotInserted)?
        }
    };
    let head = Head { sequence: row.get(0)?, hash: row.get(1)? };
    tx.later().hold(chain, head.clone());
    Ok(head)
}

/// An entry as it was stored.
#[derive(Debug, Clone)]
pub struct StoredEntry {
    /// The entry's place in its chain, from 1.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor_user: Option<Uuid>,
    /// For whom.
    pub on_behalf_of: Option<Uuid>,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub subject_kind: String,
    /// To which.
    pub subject_id: Uuid,
    /// What it was.
    pub before: Option<Value>,
    /// What it became.
    pub after: Option<Value>,
    /// The request that asked for it.
    pub request_id: String,
    /// The hash that seals it.
    pub hash: Vec<u8>,
    chain: Uuid,
    previous_hash: Vec<u8>,
}

pub(super) const COLUMNS: &str = "chain_id, sequence, at, actor_user, on_behalf_of, action, subject_kind, subject_id, before, after, \
                       request_id, previous_hash, hash";

pub(super) fn stored(row: &QueryResult) -> Result<StoredEntry, DbErr> {
    Ok(StoredEntry {
        chain: row.try_get("", "chain_id")?,
        sequence: row.try_get("", "sequence")?,
        at: row.try_get("", "at")?,
        actor_user: row.try_get("", "actor_user")?,
        on_behalf_of: row.try_get("", "on_behalf_of")?,
        action: row.try_get("", "action")?,
        subject_kind: row.try_get("", "subject_kind")?,
        subject_id: row.try_get("", "subject_id")?,
        before: row.try_get("", "before")?,
        after: row.try_get("", "after")?,
        request_id: row.try_get("", "request_id")?,
        previous_hash: row.try_get("", "previous_hash")?,
        hash: row.try_get("", "hash")?,
    })
}

/// The chain that holds the entries about one thing; none when there are none.
///
/// # Errors
/// When the database refuses.
pub async fn chain_of(db: &Database, subject: Uuid) -> Result<Option<Uuid>, DbErr> {
    let sql = "SELECT chain_id FROM audit_entry WHERE subject_id = $1 ORDER BY at DESC LIMIT 1";
    let row = db.read().query_one_raw(Statement::from_sql_and_values(db.backend(), sql, [subject.into()])).await?;
    row.map(|row| row.try_get("", "chain_id")).transpose()
}

/// A page of the entries about one thing, newest first. Their cursors are those of [`StoredEntry::key`].
///
/// # Errors
/// When the database refuses.
pub async fn of_subject(db: &Database, subject: Uuid, page: &Page) -> Result<Slice<StoredEntry>, DbErr> {
    let mut values: Vec<SqlValue> = vec![subject.into()];
    let mut bound = |key: &Option<CursorKey>, comparison: &str| {
        let Some(CursorKey { sort: SortValue::Time(at), id }) = key else { return String::new() };
        let sequence = i64::try_from(id.as_u128()).unwrap_or(i64::MAX);
        values.extend([(*at).into(), sequence.into()]);
        format!(" AND (at, sequence) {comparison} (${}, ${})", values.len() - 1, values.len())
    };
    let bounds = bound(&page.after, "<") + &bound(&page.before, ">");
    let direction = match page.direction {
        Direction::Forward => "DESC",
        Direction::Backward => "ASC",
    };
    let limit = page.limit();
    let sql = format!(
        "SELECT {COLUMNS} FROM audit_entry WHERE subject_id = $1{bounds} \
         ORDER BY at {direction}, sequence {direction} LIMIT {limit}"
    );
    let rows = db.read().query_all_raw(Statement::from_sql_and_values(db.backend(), sql, values)).await?;
    Ok(page.slice(rows.iter().map(stored).collect::<Result<_, _>>()?))
}

/// How many entries there are about one thing.
///
/// # Errors
/// When the database refuses.
pub async fn count_of_subject(db: &Database, subject: Uuid) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) AS entries FROM audit_entry WHERE subject_id = $1";
    let row = db.read().query_one_raw(Statement::from_sql_and_values(db.backend(), sql, [subject.into()])).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("a count always gives a row".into()))?.try_get("", "entries")
}

impl StoredEntry {
    /// What of it is hashed.
    fn sealed(&self) -> Sealed<'_> {
        Sealed {
            chain: self.chain,
            sequence: self.sequence,
            at: self.at.timestamp_micros(),
            actor_user: self.actor_user,
            on_behalf_of: self.on_behalf_of,
            action: &self.action,
            subject_kind: &self.subject_kind,
            subject_id: self.subject_id,
            before: self.before.as_ref(),
            after: self.after.as_ref(),
            request_id: &self.request_id,
        }
    }

    /// Where the entry stands among those about its subject.
    #[must_use]
    pub fn key(&self) -> CursorKey {
        CursorKey { sort: SortValue::Time(self.at), id: Uuid::from_u128(u128::from(self.sequence.unsigned_abs())) }
    }
}

/// What is wrong with a chain, at the first entry where it shows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("audit chain {chain} breaks at entry {sequence}: {detail}")]
pub struct BrokenChain {
    /// The chain.
    pub chain: Uuid,
    /// The entry.
    pub sequence: i64,
    /// In what way.
    pub detail: &'static str,
}

/// The result of checking every chain.
#[derive(Debug, Clone, Default)]
pub struct Verification {
    /// Chains looked at.
    pub chains: u64,
    /// Entries recomputed.
    pub entries: u64,
    /// The first break of each chain that has one.
    pub broken: Vec<BrokenChain>,
}

/// Recomputes every hash of every chain, a thousand entries at a time.
///
/// # Errors
/// When the database refuses; a broken chain is no error but a finding.
pub async fn verify(db: &Database) -> Result<Verification, DbErr> {
    verify_showing(db, |_| {}).await
}

/// The same, telling how many entries are recomputed so far.
///
/// # Errors
/// As [`verify`].
pub async fn verify_showing(db: &Database, progress: impl Fn(u64)) -> Result<Verification, DbErr> {
    const STEP: i64 = 1_000;
    let heads = "SELECT chain_id, head_sequence, head_hash FROM audit_chain ORDER BY chain_id";
    let heads = db.read().query_all_raw(Statement::from_string(db.backend(), heads)).await?;
    let mut verification = Verification::default();
    for head in &heads {
        verification.chains += 1;
        let chain: Uuid = head.try_get("", "chain_id")?;
        let head_sequence: i64 = head.try_get("", "head_sequence")?;
        let head_hash: Vec<u8> = head.try_get("", "head_hash")?;
        let mut link = Link { chain, sequence: 0, hash: vec![0_u8; HASH_LENGTH] };
        loop {
            let sql = format!(
                "SELECT {COLUMNS} FROM audit_entry WHERE chain_id = $1 AND sequence > $2 ORDER BY sequence LIMIT {STEP}"
            );
            let values: [SqlValue; 2] = [chain.into(), link.sequence.into()];
            let rows = db.read().query_all_raw(Statement::from_sql_and_values(db.backend(), sql, values)).await?;
            if rows.is_empty() {
                break;
            }
            verification.entries += rows.len() as u64;
            progress(verification.entries);
            let entries = rows.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
            if let Err(broken) = entries.iter().try_for_each(|entry| link.follow(entry)) {
                verification.broken.push(broken);
                break;
            }
        }
        let whole = verification.broken.last().is_none_or(|broken| broken.chain != chain);
        // An append between reading the heads and the entries leaves more entries than the head knew of.
        if whole && (link.sequence < head_sequence || (link.sequence == head_sequence && link.hash != head_hash)) {
            verification.broken.push(BrokenChain {
                chain,
                sequence: link.sequence + 1,
                detail: "the end of the chain is missing",
            });
        }
    }
    verification.broken.extend(headless(db).await?);
    Ok(verification)
}

/// Entries whose chain has no head: nothing tells where such a chain ended.
async fn headless(db: &Database) -> Result<Vec<BrokenChain>, DbErr> {
    let sql = "SELECT e.chain_id, MIN(e.sequence) AS sequence FROM audit_entry e
               WHERE NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.chain_id = e.chain_id)
               GROUP BY e.chain_id ORDER BY e.chain_id";
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), sql)).await?;
    let broken = |row: &QueryResult| {
        let (chain, sequence) = (row.try_get("", "chain_id")?, row.try_get("", "sequence")?);
        Ok(BrokenChain { chain, sequence, detail: "the head of the chain is missing" })
    };
    rows.iter().map(broken).collect()
}

struct Link {
    chain: Uuid,
    sequence: i64,
    hash: Vec<u8>,
}

impl Link {
    fn follow(&mut self, entry: &StoredEntry) -> Result<(), BrokenChain> {
        let broken = |detail| Err(BrokenChain { chain: self.chain, sequence: entry.sequence, detail });
        if entry.sequence != self.sequence + 1 {
            return broken("entries before it are missing");
        }
        if entry.previous_hash != self.hash {
            return broken("it does not follow from the entry before it");
        }
        match entry.sealed().hash(&self.hash) {
            Ok(hash) if hash == entry.hash => {
                self.sequence = entry.sequence;
                self.hash = hash;
                Ok(())
            }
            Ok(_) | Err(_) => broken("its content was altered"),
        }
    }
}
