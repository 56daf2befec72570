//! What reports are made of: facts, and their numbers as the database counts them.

mod after;
mod awards;
mod bids;
mod producers;
mod requests;
mod sql;

use futures_util::TryStreamExt as _;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Statement, StreamTrait as _};
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
    kernel::{Fault, db::Reader},
};
use sql::{Counting, Dialect, NO_ID, count, parameters};

/// Facts of a kind: how the database finds them, and how they are counted.
struct Source {
    family: Family,
    /// Common table expressions; the last is called `fact`, and has what facts are sliced by.
    with: String,
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

fn sources(scope: &Scope, targets: &Targets, dialect: Dialect) -> Vec<Source> {
    vec![
        awards::awards(scope, targets, dialect),
        bids::bids(scope, dialect),
        bids::opened_lots(scope, dialect),
        bids::opened_requests(scope, dialect),
        requests::published_lots(scope, dialect),
        requests::invitations(scope, dialect),
        requests::complaints(scope, dialect),
        requests::releases(scope, dialect),
        after::contracts(scope, dialect),
        after::payments(scope, dialect),
        after::invoices(scope, dialect),
        after::lines(scope, dialect),
        producers::producers(scope, dialect),
    ]
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
    for mut source in sources(scope, targets, dialect) {
        let family = source.family.as_str();
        source.counted.push(count(Measure::Facts).under(family).only(source.one));
        if let Some(who) = source.who {
            source.counted.push(count(Measure::Organizations).under(family).different(who));
        }
        let selects: Vec<String> = source.counted.iter().map(Counting::select).collect();
        // Facts are found once, and counted both together and by group.
        let mut counted = format!("SELECT FALSE AS grouped, '' AS grp, {NO_ID} AS grp_id, f.* FROM fact f");
        if scope.group_by.is_some() {
            let (group, id) = dialect.group(scope.group_by);
            counted = format!("{counted} UNION ALL SELECT TRUE, {group}, {id}, f.* FROM fact f");
        }
        let text = format!("WITH {}, x AS ({counted}) {}", source.with, selects.join(" UNION ALL "));
        for row in &db.query_all_raw(statement(db, text, scope)).await? {
            add(&mut tally, row)?;
        }
    }
    Ok(tally)
}

fn add(tally: &mut Tally, row: &QueryResult) -> Result<(), Fault> {
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
    for source in sources(scope, targets, Dialect(backend(db))) {
        load(db, &source, scope, &mut facts).await?;
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
    for source in sources(scope, targets, Dialect(backend(db))) {
        let mut facts = Facts::default();
        load(db, &source, scope, &mut facts).await?;
        facts.sort();
        running.take(scope, &facts).map_err(|error| Fault::Internal(error.to_string()))?;
    }
    Ok(running.finish())
}

/// Reads facts of a kind as they come.
async fn load(db: &DatabaseTransaction, source: &Source, scope: &Scope, facts: &mut Facts) -> Result<(), Fault> {
    let text = format!("WITH {} SELECT {SLICE}, {} FROM fact", source.with, source.columns);
    let mut rows = db.stream_raw(statement(db, text, scope)).await?;
    while let Some(row) = rows.try_next().await? {
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
