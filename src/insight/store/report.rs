//! What reports are made of: facts, and their numbers as the database counts them.

mod after;
mod awards;
mod bids;
mod producers;
mod requests;
mod sql;

use futures_util::TryStreamExt as _;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, StreamTrait as _};
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    directory::model::ownership::EvidenceLevel,
    insight::model::report::{
        cell::{Cell, Measure, SHARES, Tally},
        class::Class,
        digest::{Digests, Running},
        facts::{Facts, Family},
        scope::{Scope, Slice},
        target::Targets,
    },
    kernel::{
        Fault,
        db::{Reader, Row},
    },
};
use sql::{Counting, Dialect, NO_ID, count, parameters};

/// Kinds of facts that follow from the same rows, which are found once for all of them.
struct Found {
    /// Common table expressions that several of the sources read; empty where there is one.
    with: String,
    sources: Vec<Source>,
}

impl Found {
    fn alone(source: Source) -> Self {
        Self { with: String::new(), sources: vec![source] }
    }
}

/// Facts of a kind: how the database finds them, and how they are counted.
struct Source {
    family: Family,
    /// Common table expressions of this kind alone.
    with: String,
    /// The select that finds facts, with what they are sliced by.
    fact: String,
    /// What a fact has beside that, in the order in which it is read.
    columns: &'static str,
    /// What is counted.
    counted: Vec<Counting>,
    /// Which column says who is behind a fact, if somebody is.
    who: Option<&'static str>,
    /// Which facts count as one.
    one: &'static str,
}

/// What every fact is sliced by.
const SLICE: &str = "day, buyer, region, product, method, grams, level";

fn all_facts(scope: &Scope, targets: &Targets, dialect: Dialect) -> Vec<Found> {
    vec![
        Found::alone(awards::awards(scope, targets, dialect)),
        bids::found(scope, dialect),
        Found::alone(requests::published_lots(scope, dialect)),
        Found::alone(requests::invitations(scope, dialect)),
        Found::alone(requests::complaints(scope, dialect)),
        Found::alone(requests::releases(scope, dialect)),
        after::found(scope, dialect),
        Found::alone(producers::producers(scope, dialect)),
    ]
}

/// A statement's common table expressions, one after the other.
fn with<'a>(tables: impl IntoIterator<Item = &'a str>) -> String {
    let tables: Vec<&str> = tables.into_iter().filter(|table| !table.is_empty()).collect();
    // Also where none is recursive: it only allows it.
    format!("WITH RECURSIVE {}", tables.join(", "))
}

/// Two traits of the library name it.
fn backend(db: &DatabaseTransaction) -> DbBackend {
    ConnectionTrait::get_database_backend(db)
}

fn statement(db: &DatabaseTransaction, text: String, scope: &Scope) -> Statement {
    Statement::from_sql_and_values(backend(db), text, parameters(scope))
}

/// The numbers of a report.
///
/// # Errors
/// When the database cannot answer.
pub(in crate::insight) async fn tally(
    db: &DatabaseTransaction,
    scope: &Scope,
    targets: &Targets,
) -> Result<Tally, Fault> {
    let dialect = Dialect(backend(db));
    let mut tally = Tally::default();
    for found in all_facts(scope, targets, dialect) {
        for row in db.query_all_raw(statement(db, counting(found, scope, dialect), scope)).await? {
            add(&mut tally, &row.into())?;
        }
    }
    Ok(tally)
}

/// The statement that finds facts once, and counts them both together and by group.
///
/// SQLite would put what finds them in place of each table that reads it, and find them anew for each measure: hence `MATERIALIZED`.
fn counting(found: Found, scope: &Scope, dialect: Dialect) -> String {
    let (mut tables, mut selects) = (vec![found.with], Vec::new());
    for mut source in found.sources {
        let family = source.family.as_str();
        source.counted.push(count(Measure::Facts).under(family).only(source.one));
        if let Some(who) = source.who {
            source.counted.push(count(Measure::Organizations).under(family).different(who));
        }
        let (fact, counted) = (format!("fact_{family}"), format!("counted_{family}"));
        selects.extend(source.counted.iter().map(|counting| counting.select(&counted)));
        tables.push(source.with);
        let once = format!("SELECT FALSE AS grouped, '' AS grp, {NO_ID} AS grp_id, f.* FROM {fact} f");
        if scope.group_by.is_some() {
            let (group, id) = dialect.group(scope.group_by);
            tables.push(format!("{fact} AS MATERIALIZED ({})", source.fact));
            let again = format!("SELECT TRUE, {group}, {id}, f.* FROM {fact} f");
            tables.push(format!("{counted} AS MATERIALIZED ({once} UNION ALL {again})"));
        } else {
            tables.push(format!("{fact} AS ({})", source.fact));
            tables.push(format!("{counted} AS MATERIALIZED ({once})"));
        }
    }
    format!("{} {}", with(tables.iter().map(String::as_str)), selects.join(" UNION ALL "))
}

fn add(tally: &mut Tally, row: &Row) -> Result<(), Fault> {
    let mut next = Reader::new(row)?;
    let (grouped, group, id): (bool, String, Option<Uuid>) = (next.get()?, next.get()?, next.get()?);
    let cell = Cell {
        measure: next.word("measure of a report")?,
        class: next.word::<Class>("class of a report")?,
        key: next.get()?,
        text: next.get()?,
        who: next.get()?,
        bucket: next.get()?,
    };
    let (whole, part): (i64, i64) = (next.get()?, next.get()?);
    let cells = if grouped {
        tally.groups.entry(id.map_or(group, |id| OrganizationId::from_uuid(id).to_string())).or_default()
    } else {
        &mut tally.total
    };
    cells.add(cell, i128::from(whole) * SHARES + i128::from(part));
    Ok(())
}

/// The facts of a report, each kind in its order.
///
/// # Errors
/// When the database cannot answer.
pub(in crate::insight) async fn facts(
    db: &DatabaseTransaction,
    scope: &Scope,
    targets: &Targets,
) -> Result<Facts, Fault> {
    let mut facts = Facts::default();
    for found in all_facts(scope, targets, Dialect(backend(db))) {
        for source in &found.sources {
            load(db, &found.with, source, scope, &mut facts).await?;
        }
    }
    facts.sort();
    Ok(facts)
}

/// The digests of a report's facts: one kind after the other, so that no more than one is in memory.
///
/// # Errors
/// When the database cannot answer.
pub(in crate::insight) async fn digests(
    db: &DatabaseTransaction,
    scope: &Scope,
    targets: &Targets,
) -> Result<Digests, Fault> {
    let mut running = Running::default();
    for found in all_facts(scope, targets, Dialect(backend(db))) {
        for source in &found.sources {
            let mut facts = Facts::default();
            load(db, &found.with, source, scope, &mut facts).await?;
            facts.sort();
            running.take(scope, &facts).map_err(|error| Fault::Internal(error.to_string()))?;
        }
    }
    Ok(running.finish())
}

/// Reads facts of a kind as they come.
async fn load(
    db: &DatabaseTransaction,
    shared: &str,
    source: &Source,
    scope: &Scope,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let fact = format!("fact AS ({})", source.fact);
    let text = format!("{} SELECT {SLICE}, {} FROM fact", with([shared, &source.with, &fact]), source.columns);
    let mut rows = db.stream_raw(statement(db, text, scope)).await?;
    while let Some(row) = rows.try_next().await? {
        let row = row.into();
        let mut next = Reader::new(&row)?;
        let slice = slice(&mut next)?;
        read(facts, source.family, slice, &mut next)?;
    }
    Ok(())
}

fn read(facts: &mut Facts, family: Family, slice: Slice, next: &mut Reader<'_>) -> Result<(), Fault> {
    match family {
        Family::Awards => facts.awards.push(awards::read(slice, next)?),
        Family::Bids => facts.bids.push(bids::read(slice, next)?),
        Family::OpenedLots => facts.opened_lots.push(bids::read_lot(slice, next)?),
        Family::Requests => facts.requests.push(bids::read_request(slice, next)?),
        Family::PublishedLots => facts.published_lots.push(requests::read_lot(slice, next)?),
        Family::Invitations => facts.invitations.push(requests::read_invitation(slice, next)?),
        Family::Complaints => facts.complaints.push(requests::read_complaint(slice, next)?),
        Family::Releases => facts.releases.push(requests::read_release(slice, next)?),
        Family::Contracts => facts.contracts.push(after::read_contract(slice, next)?),
        Family::Payments => facts.payments.push(after::read_payment(slice, next)?),
        Family::Invoices => facts.invoices.push(after::read_invoice(slice, next)?),
        Family::Lines => facts.lines.push(after::read_line(slice, next)?),
        Family::Producers => facts.producers.push(producers::read(slice, next)?),
    }
    Ok(())
}

fn slice(next: &mut Reader<'_>) -> Result<Slice, Fault> {
    Ok(Slice {
        on: next.get()?,
        buyer: next.get()?,
        region: next.get()?,
        product: next.get()?,
        method: next.get()?,
        grams: next.get()?,
        level: {
            let level: Option<&str> = next.get()?;
            let level: Option<EvidenceLevel> =
                level.map(str::parse).transpose().map_err(|error| Fault::corrupt("level of evidence", error))?;
            level
        },
    })
}

/// The next column, a class or nothing.
fn class_or_none(next: &mut Reader<'_>) -> Result<Option<Class>, Fault> {
    let class: Option<&str> = next.get()?;
    class.map(str::parse).transpose().map_err(|error| Fault::corrupt("class of a report", error))
}
