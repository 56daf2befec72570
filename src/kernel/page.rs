//! Pagination after the [Relay connection specification](https://relay.dev/graphql/connections.htm): what is asked for,
//! what is given back, and the cursors between.

use std::{collections::HashMap, hash::Hash};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Datelike as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    clock::Timestamp,
    error::{ErrorCode, UserError},
};

/// Rows on a page when nobody says how many.
pub const SIZE_DEFAULT: u32 = 20;
/// Rows on a page at most.
pub const SIZE_MAX: u32 = 100;

/// The four arguments of a connection field, as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PageArgs {
    /// How many from the beginning.
    pub first: Option<i32>,
    /// Only what follows this cursor.
    pub after: Option<String>,
    /// How many from the end.
    pub last: Option<i32>,
    /// Only what precedes this cursor.
    pub before: Option<String>,
}

/// Which end of the list a page is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the beginning: `first`.
    Forward,
    /// From the end: `last`.
    Backward,
}

/// Where a row stands in its list: the value it is sorted by, and its id to break ties.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CursorKey {
    /// The sort value.
    pub sort: SortValue,
    /// The row's id.
    pub id: Uuid,
}

/// What a list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SortValue {
    /// A whole number: a price.
    #[serde(rename = "i")]
    Integer(i64),
    /// A text: a folded name.
    #[serde(rename = "t")]
    Text(String),
    /// An instant.
    #[serde(rename = "m", with = "chrono::serde::ts_microseconds")]
    Time(Timestamp),
    /// Nothing: the row has no such value and stands in the part of the list that is sorted by id alone.
    #[serde(rename = "n")]
    Missing,
}

impl SortValue {
    /// Whether it is a whole number.
    #[must_use]
    pub const fn is_integer(&self) -> bool {
        matches!(self, Self::Integer(_))
    }

    /// Whether it is a text.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// Whether it is an instant.
    #[must_use]
    pub const fn is_time(&self) -> bool {
        matches!(self, Self::Time(_))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Whether both databases can hold it and compare with it: PostgreSQL keeps no NUL in a text, and its calendar ends
    /// before that of the cursors. A cursor with any other value was not made here.
    fn storable(&self) -> bool {
        match self {
            Self::Text(text) => !text.contains('\0'),
            Self::Time(time) => (0..=9_999).contains(&time.year()),
            Self::Integer(_) | Self::Missing => true,
        }
    }
}

/// The version of the cursor's form, so that a later form can tell an older one apart.
const CURSOR_VERSION: u8 = 1;
/// Longer than any cursor we make: names are cut to 200 signs on their way in.
const CURSOR_LENGTH_MAX: usize = 2_048;

/// Writes the opaque cursor of a row in a list. `list` names the connection *and* its order, so that a cursor of another
/// list is refused and not misread.
#[must_use]
pub fn encode_cursor(list: &str, key: &CursorKey) -> String {
    // Serializing numbers, texts and UUIDs to JSON cannot fail; an empty cursor would be refused on its way back.
    let json = serde_json::to_vec(&(CURSOR_VERSION, list, &key.sort, key.id)).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(json)
}

fn decode_cursor(list: &str, text: &str) -> Option<CursorKey> {
    if text.len() > CURSOR_LENGTH_MAX {
        return None;
    }
    let json = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (version, of, sort, id): (u8, String, SortValue, Uuid) = serde_json::from_slice(&json).ok()?;
    (version == CURSOR_VERSION && of == list && sort.storable()).then_some(CursorKey { sort, id })
}

/// A page that may be asked of the database.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page {
    /// How many rows at most.
    pub size: u32,
    /// From which end.
    pub direction: Direction,
    /// Rows after this one.
    pub after: Option<CursorKey>,
    /// Rows before this one.
    pub before: Option<CursorKey>,
}

impl Page {
    /// Checks the arguments of a connection whose cursors are of `list` and hold such sort values as `sorts` takes. A cursor
    /// is only encoded, so anyone may write one with a value that the list is never sorted by.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidPageSize`] and [`ErrorCode::InvalidCursor`], at the argument that is wrong.
    pub fn new(list: &str, args: &PageArgs, sorts: impl Fn(&SortValue) -> bool) -> Result<Self, UserError> {
        let (direction, size, argument) = match (args.first, args.last) {
            (Some(_), Some(_)) => return Err(page_size_error("last")),
            (None, Some(last)) => (Direction::Backward, Some(last), "last"),
            (first, None) => (Direction::Forward, first, "first"),
        };
        let size = match size {
            None => SIZE_DEFAULT,
            Some(size) => {
                u32::try_from(size).ok().filter(|size| *size <= SIZE_MAX).ok_or_else(|| page_size_error(argument))?
            }
        };
        let cursor = |argument: &'static str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => decode_cursor(list, text)
                .filter(|key| sorts(&key.sort))
                .map(Some)
                .ok_or_else(|| UserError::new(ErrorCode::InvalidCursor, [argument])),
        };
        Ok(Self { size, direction, after: cursor("after", &args.after)?, before: cursor("before", &args.before)? })
    }

    /// One row more than the page holds tells whether another page follows.
    #[must_use]
    pub fn limit(&self) -> u64 {
        u64::from(self.size) + 1
    }

    /// Makes a slice of the rows that the database gave under [`Page::limit`], in the order it gave them.
    #[must_use]
    pub fn slice<T>(&self, mut rows: Vec<T>) -> Slice<T> {
        let more = rows.len() > self.size as usize;
        rows.truncate(self.size as usize);
        match self.direction {
            Direction::Forward => Slice { rows, has_next: more, has_previous: self.after.is_some() },
            Direction::Backward => {
                rows.reverse();
                Slice { rows, has_next: self.before.is_some(), has_previous: more }
            }
        }
    }
}

/// Lists that are in memory whole, such as reference data. Their items are told apart by a text of their own.
impl Page {
    /// This page of `items`, which come in the list's order; `is` tells whether an item has a name.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidCursor`] at the argument whose cursor names no item.
    pub fn of_memory<T>(&self, mut items: Vec<T>, is: impl Fn(&T, &str) -> bool) -> Result<Slice<T>, UserError> {
        let position = |key: &Option<CursorKey>, argument: &'static str| match key {
            None => Ok(None),
            Some(CursorKey { sort: SortValue::Text(text), .. }) => match items.iter().position(|item| is(item, text)) {
                Some(position) => Ok(Some(position)),
                None => Err(UserError::new(ErrorCode::InvalidCursor, [argument])),
            },
            Some(_) => Err(UserError::new(ErrorCode::InvalidCursor, [argument])),
        };
        let before = position(&self.before, "before")?.unwrap_or(items.len());
        let after = position(&self.after, "after")?.map_or(0, |position| position + 1);
        items.truncate(before);
        items.drain(..after.min(before));
        if self.direction == Direction::Backward {
            items.reverse();
        }
        items.truncate(self.size as usize + 1);
        Ok(self.slice(items))
    }

    /// The cursor of an item of such a list.
    #[must_use]
    pub fn memory_cursor(list: &str, name: &str) -> String {
        encode_cursor(list, &CursorKey { sort: SortValue::Text(name.to_owned()), id: Uuid::nil() })
    }
}

fn page_size_error(argument: &'static str) -> UserError {
    UserError::new(ErrorCode::InvalidPageSize, [argument]).with("maximum", SIZE_MAX)
}

/// Pages of several lists that came in one answer.
impl Page {
    /// Makes a slice for each list of the rows that the database gave, each list's under [`Page::limit`] and in its order.
    #[must_use]
    pub fn slices<K: Eq + Hash, T>(&self, rows: Vec<T>, list_of: impl Fn(&T) -> K) -> HashMap<K, Slice<T>> {
        let mut lists: HashMap<K, Vec<T>> = HashMap::new();
        for row in rows {
            lists.entry(list_of(&row)).or_default().push(row);
        }
        lists.into_iter().map(|(list, rows)| (list, self.slice(rows))).collect()
    }

    /// A page for each of these lists, an empty one where no rows came of it, with what was counted where it was.
    #[must_use]
    pub fn counted<K: Eq + Hash + Copy, T>(
        &self,
        lists: &[K],
        mut slices: HashMap<K, Slice<T>>,
        counts: Option<HashMap<K, i64>>,
    ) -> HashMap<K, Counted<T>> {
        let total = |list: &K| counts.as_ref().map(|counts| counts.get(list).copied().unwrap_or(0));
        let page = |list: &K| (slices.remove(list).unwrap_or_else(|| self.slice(Vec::new())), total(list));
        lists.iter().map(page).zip(lists).map(|(page, list)| (*list, page)).collect()
    }
}

/// A page, with the number of all items of its list where that was asked for.
pub type Counted<T> = (Slice<T>, Option<i64>);

/// The rows of one page, in the list's own order.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether the list goes on after them.
    pub has_next: bool,
    /// Whether the list has rows before them.
    pub has_previous: bool,
}

impl<T> Slice<T> {
    /// The same page with every row turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Slice<U> {
        Slice {
            rows: self.rows.into_iter().map(turn).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(number: i64) -> CursorKey {
        CursorKey { sort: SortValue::Integer(number), id: Uuid::from_u128(7) }
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let cursor = encode_cursor("listings:price", &key(12));
        let args = PageArgs { after: Some(cursor), ..PageArgs::default() };
        assert_eq!(Page::new("listings:price", &args, SortValue::is_integer).unwrap().after, Some(key(12)));
        assert_eq!(
            Page::new("listings:newest", &args, SortValue::is_integer).unwrap_err().code,
            ErrorCode::InvalidCursor
        );
    }

    #[test]
    fn a_forged_cursor_is_refused_that_no_row_of_the_list_can_have() {
        let refused = |sort: SortValue, sorts: fn(&SortValue) -> bool| {
            let after = Some(encode_cursor("x", &CursorKey { sort, id: Uuid::nil() }));
            let args = PageArgs { after, ..PageArgs::default() };
            Page::new("x", &args, sorts).err().map(|error| (error.code, error.path))
        };
        let at_after = || Some((ErrorCode::InvalidCursor, vec!["after".to_owned()]));
        assert_eq!(refused(SortValue::Missing, SortValue::is_time), at_after());
        assert_eq!(refused(SortValue::Text("a".to_owned()), SortValue::is_integer), at_after());
        assert_eq!(refused(SortValue::Text("a\0".to_owned()), SortValue::is_text), at_after());
        assert_eq!(refused(SortValue::Time(Timestamp::MAX_UTC), SortValue::is_time), at_after());
        assert_eq!(refused(SortValue::Time(Timestamp::MIN_UTC), SortValue::is_time), at_after());
        assert_eq!(refused(SortValue::Integer(i64::MIN), SortValue::is_integer), None);
    }

    #[test]
    fn sizes_out_of_range_and_two_directions_are_refused() {
        let refused = |first, last| {
            Page::new("x", &PageArgs { first, last, ..PageArgs::default() }, SortValue::is_integer).unwrap_err().code
        };
        assert_eq!(refused(Some(-1), None), ErrorCode::InvalidPageSize);
        assert_eq!(refused(None, Some(101)), ErrorCode::InvalidPageSize);
        assert_eq!(refused(Some(1), Some(1)), ErrorCode::InvalidPageSize);
    }

    #[test]
    fn a_page_from_the_end_reads_in_the_lists_order() {
        let page = Page::new("x", &PageArgs { last: Some(2), ..PageArgs::default() }, SortValue::is_integer).unwrap();
        let slice = page.slice(vec![9, 8, 7]);
        assert_eq!((slice.rows, slice.has_previous, slice.has_next), (vec![8, 9], true, false));
    }

    #[test]
    fn a_list_in_memory_is_walked_in_both_directions_without_gaps() {
        let names = ["a", "b", "c", "d", "e"];
        let args = |first, last| PageArgs { first, last, ..PageArgs::default() };
        let walk = |args: PageArgs| {
            let slice = Page::new("x", &args, SortValue::is_text)
                .unwrap()
                .of_memory(names.to_vec(), |item, name| *item == name)
                .unwrap();
            (slice.rows.concat(), slice.has_previous, slice.has_next)
        };
        let cursor = |name: &str| Some(Page::memory_cursor("x", name));
        assert_eq!(walk(args(Some(2), None)), ("ab".to_owned(), false, true));
        assert_eq!(walk(PageArgs { after: cursor("b"), ..args(Some(2), None) }), ("cd".to_owned(), true, true));
        assert_eq!(walk(PageArgs { after: cursor("d"), ..args(Some(2), None) }), ("e".to_owned(), true, false));
        assert_eq!(walk(args(None, Some(2))), ("de".to_owned(), true, false));
        assert_eq!(walk(PageArgs { before: cursor("d"), ..args(None, Some(2)) }), ("bc".to_owned(), true, true));
        let both = PageArgs { after: cursor("d"), before: cursor("b"), ..args(Some(5), None) };
        assert_eq!(walk(both).0, "");
        let gone = PageArgs { after: cursor("z"), ..args(Some(2), None) };
        assert!(
            Page::new("x", &gone, SortValue::is_text)
                .unwrap()
                .of_memory(names.to_vec(), |item, name| *item == name)
                .is_err()
        );
    }

    proptest! {
        #[test]
        fn any_text_as_cursor_is_refused_or_read(text in "[A-Za-z0-9_-]{0,80}") {
            let args = PageArgs { after: Some(text), ..PageArgs::default() };
            prop_assert!(Page::new("x", &args, |_| true).is_err());
        }
    }
}
