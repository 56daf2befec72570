//! Pages of threads.

use entity::inquiry::{Column, Entity};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryTrait as _, Select,
    sea_query::{Alias, Asterisk, Query, UnionType},
};
use uuid::Uuid;

use super::inquiries::inquiry;
use crate::{
    accounts::OrganizationId,
    catalog::ListingId,
    inquiries::model::{Inquiry, InquiryStatus, Side},
    kernel::{
        Fault,
        db::{Database, DbErr, keyset},
        page::{Direction, Page, Slice},
    },
};

/// Which threads a list is narrowed to.
#[derive(Debug, Clone)]
pub(in crate::inquiries) struct Narrowed {
    /// Those of which one of these is a party.
    pub(in crate::inquiries) parties: Vec<OrganizationId>,
    /// Those about this listing.
    pub(in crate::inquiries) listing: Option<ListingId>,
    /// Those in which that party has something to read, or nothing.
    pub(in crate::inquiries) unread: Option<bool>,
    /// Those in this state.
    pub(in crate::inquiries) status: Option<InquiryStatus>,
}

impl Narrowed {
    fn parties(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.parties.iter().map(|id| id.uuid())
    }

    /// That one of the parties stands on a side, with or without something to read there.
    fn on(&self, side: Side) -> Condition {
        let (party, unread) = match side {
            Side::From => (Column::FromId, Column::FromUnread),
            Side::To => (Column::ToId, Column::ToUnread),
        };
        let stands = Condition::all().add(party.is_in(self.parties()));
        match self.unread {
            Some(true) => stands.add(unread.gt(0)),
            Some(false) => stands.add(unread.eq(0)),
            None => stands,
        }
    }

    fn rest(&self) -> Condition {
        let mut rest = Condition::all();
        if let Some(listing) = self.listing {
            rest = rest.add(Column::ListingId.eq(listing.uuid()));
        }
        if let Some(status) = self.status {
            rest = rest.add(Column::Status.eq(status.as_str()));
        }
        rest
    }

    /// The threads that are listed for a side. One between two of the parties is listed once, for the side that began it.
    fn of(&self, side: Side) -> Select<Entity> {
        let threads = Entity::find().filter(self.on(side)).filter(self.rest());
        match side {
            Side::From => threads,
            Side::To => threads.filter(self.on(Side::From).not()),
        }
    }
}

/// A page of threads, the one with the latest message first. Each side has an index of its own to walk, so each gives a page,
/// and of the two together the first rows are taken.
pub(in crate::inquiries) async fn page(
    db: &Database,
    narrowed: &Narrowed,
    page: &Page,
) -> Result<Slice<Inquiry>, Fault> {
    let select = |side: Side| {
        let mut of_side = narrowed.of(side);
        keyset::window(&mut of_side, Column::LastMessageAt, Column::Id, true, page);
        let mut select = Query::select();
        select.column(Asterisk).from_subquery(of_side.into_query(), Alias::new("side"));
        select
    };
    let mut both = select(Side::From);
    both.union(UnionType::All, select(Side::To));
    let mut rows = Entity::find().from_raw_sql(db.backend().build(&both)).all(db.read()).await?;
    rows.sort_unstable_by_key(|row| (row.last_message_at, row.id));
    if page.direction == Direction::Forward {
        rows.reverse();
    }
    rows.truncate(usize::try_from(page.limit()).unwrap_or(usize::MAX));
    Ok(page.slice(rows.into_iter().map(inquiry).collect::<Result<_, _>>()?))
}

/// How many there are.
pub(in crate::inquiries) async fn count(db: &Database, narrowed: &Narrowed) -> Result<i64, DbErr> {
    let either = Condition::any().add(narrowed.on(Side::From)).add(narrowed.on(Side::To));
    let count = Entity::find().filter(either).filter(narrowed.rest()).count(db.read()).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
