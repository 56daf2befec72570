//! The room's queries: processes as they stand, many in as many statements as one, and what was published of them.

mod bids;
mod contracts;
mod organizations;
pub(super) mod producers;
pub(super) mod releases;
mod requests;
pub(super) mod snapshots;

use std::{collections::HashMap, fmt::Display, str::FromStr};

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::kernel::{
    Fault,
    db::{Reader, Sql},
};

/// What belongs to something, by its id.
type Of<T> = HashMap<Uuid, Vec<T>>;

/// Takes every row of a statement whose first column says what the row belongs to.
async fn of<T>(
    db: &impl ConnectionTrait,
    select: Sql,
    read: impl Fn(&mut Reader<'_>) -> Result<T, Fault>,
) -> Result<Of<T>, Fault> {
    let mut found = Of::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let owner: Uuid = next.get()?;
        found.entry(owner).or_default().push(read(&mut next)?);
    }
    Ok(found)
}

/// What belongs to something, which is asked for once.
fn take<T>(found: &mut Of<T>, owner: Uuid) -> Vec<T> {
    found.remove(&owner).unwrap_or_default()
}

/// A statement that is about some processes: `text` ends where their ids follow.
fn about(text: &str, processes: &[Uuid], order: &str) -> Sql {
    let mut select = Sql::new(text);
    select.bind_list(processes.iter().copied()).push(order);
    select
}

/// The next column, one of the words of an enum or nothing.
fn word_or_none<T: FromStr<Err: Display>>(next: &mut Reader<'_>, what: &'static str) -> Result<Option<T>, Fault> {
    let word: Option<&str> = next.get()?;
    word.map(str::parse).transpose().map_err(|error| Fault::corrupt(what, error))
}
