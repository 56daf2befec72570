//! What saved searches have found.

use std::collections::{BTreeSet, HashMap, HashSet};

use entity::saved_search_match::{Column, Entity, Model};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{
    accounts::UserId,
    alerts::{Match, SavedSearchId, Tally},
    catalog::ListingId,
    kernel::{
        Fault,
        db::{Database, DbErr, Reader, Sql, WriteTx, keyset, siblings},
        page::{Page, Slice},
    },
};

/// Rows that one statement inserts at most: SQLite takes 32,766 parameters.
const ROWS_MAX: usize = 5_000;

/// Keeps what was found by searches that are still going; gives those that had not been, as search and listing. Matches
/// come in order, so that two processes that keep the same ones do not wait for each other crosswise.
pub(in crate::alerts) async fn insert(tx: &WriteTx, matches: &[Match]) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    let going = going(tx, matches).await?;
    let matches: Vec<&Match> = matches.iter().filter(|one| going.contains(&one.search.uuid())).collect();
    let mut new = Vec::new();
    for some in matches.chunks(ROWS_MAX) {
        let mut insert = Sql::new("INSERT INTO saved_search_match (saved_search_id, listing_id, matched_at) VALUES ");
        for (position, one) in some.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(one.search.uuid());
            insert.push(", ").bind(one.listing.uuid());
            insert.push(", ").bind(one.at).push(")");
        }
        insert.push(" ON CONFLICT (saved_search_id, listing_id) DO NOTHING RETURNING saved_search_id, listing_id");
        for row in &insert.all(&**tx).await? {
            let mut next = Reader::new(row)?;
            new.push((next.get()?, next.get()?));
        }
    }
    Ok(new)
}

/// The searches of these matches that nobody has paused or deleted meanwhile, and that nobody will until the transaction
/// ends.
async fn going(tx: &WriteTx, matches: &[Match]) -> Result<HashSet<Uuid>, DbErr> {
    let ids: BTreeSet<Uuid> = matches.iter().map(|one| one.search.uuid()).collect();
    let mut select = Sql::new("SELECT id FROM saved_search WHERE active AND id IN ");
    select.bind_list(ids).push(" ORDER BY id");
    select.lock(tx, " FOR SHARE");
    let rows = select.all(&**tx).await?;
    rows.iter().map(|row| Reader::new(row)?.get()).collect()
}

/// Which of these people belong to which of these organizations.
pub(in crate::alerts) async fn own_organizations(
    db: &Database,
    people: &BTreeSet<UserId>,
    organizations: &BTreeSet<Uuid>,
) -> Result<HashSet<(UserId, Uuid)>, DbErr> {
    let mut select = Sql::new("SELECT user_id, organization_id FROM membership WHERE user_id IN ");
    select.bind_list(people.iter().map(|id| id.uuid())).push(" AND organization_id IN ");
    select.bind_list(organizations.iter().copied());
    let rows = select.all(db.read()).await?;
    let pair = |row| {
        let mut next = Reader::new(row)?;
        Ok((UserId::from_uuid(next.get()?), next.get()?))
    };
    rows.iter().map(pair).collect()
}

/// What each of these searches has found so far; nothing where it is left out.
pub(in crate::alerts) async fn tallies(
    db: &Database,
    ids: &[SavedSearchId],
) -> Result<HashMap<SavedSearchId, Tally>, Fault> {
    let mut select =
        Sql::new("SELECT saved_search_id, COUNT(*), MAX(matched_at) FROM saved_search_match WHERE saved_search_id IN ");
    select.bind_list(ids.iter().map(|id| id.uuid())).push(" GROUP BY saved_search_id");
    let rows = select.rows(db).await?;
    let tally = |row| {
        let mut next = Reader::new(row)?;
        Ok((SavedSearchId::from_uuid(next.get()?), Tally { count: next.get()?, last_at: next.get()? }))
    };
    rows.iter().map(tally).collect()
}

/// The same page of what each search has found, the last first.
pub(in crate::alerts) async fn pages(
    db: &Database,
    ids: &[SavedSearchId],
    page: &Page,
) -> Result<HashMap<SavedSearchId, Slice<Match>>, Fault> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let page_of = |search: Uuid| {
        let mut query = Entity::find().filter(Column::SavedSearchId.eq(search));
        keyset::window(&mut query, Column::MatchedAt, Column::ListingId, true, page);
        query
    };
    let rows = siblings::pages(db, &ids, page_of).await?;
    Ok(page.slices(rows.into_iter().map(found).collect(), |row| row.search))
}

fn found(row: Model) -> Match {
    Match {
        search: SavedSearchId::from_uuid(row.saved_search_id),
        listing: ListingId::from_uuid(row.listing_id),
        at: row.matched_at,
    }
}
