//! Places on the wire.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use super::{Certainty, CodeScheme, PlaceKind, directory, organization::GeoPoint};
use crate::{
    connection,
    directory::model::{self, gazetteer::Gazetteer},
    kernel::{
        Outcome,
        graphql::{Date, LanguageCode, failure, list_complexity, locale, page_args, page_complexity},
        locale::Locale,
        page::{Page, PageArgs, SortValue},
    },
};

/// What cursors of lists of places are marked with.
const PLACES: &str = "places";

/// A place in the division of the country. The gazetteer it was found in travels with it: an import during the request
/// does not part a place from its parents.
#[derive(Debug, Clone)]
pub struct Place {
    gazetteer: Arc<Gazetteer>,
    code: String,
}

connection! {
    /// A page of places.
    PlaceConnection, PlaceEdge, Place
}

/// The number that an official scheme gives a place.
#[derive(Debug, Clone, SimpleObject)]
pub struct PlaceCode {
    /// Whose number it is.
    pub scheme: CodeScheme,
    /// The number.
    pub value: String,
}

impl Place {
    /// The place with this code, for the GraphQL types of this and other rooms.
    ///
    /// # Errors
    /// When the room is not in the context.
    pub fn of(ctx: &Context<'_>, code: &str) -> async_graphql::Result<Option<Self>> {
        Ok(Self::find(directory(ctx)?.gazetteer(), code))
    }

    fn find(gazetteer: Arc<Gazetteer>, code: &str) -> Option<Self> {
        let code = gazetteer.place(code)?.code.clone();
        Some(Self { gazetteer, code })
    }

    fn related(&self, place: Option<&model::place::Place>) -> Option<Self> {
        place.map(|place| Self { gazetteer: Arc::clone(&self.gazetteer), code: place.code.clone() })
    }

    fn known(&self) -> Option<&model::place::Place> {
        self.gazetteer.place(&self.code)
    }
}

/// A place in the division of the country: the country, a region, the District of Bamako, a cercle or a commune.
#[Object(crate = "crate::kernel::graphql::fields")]
impl Place {
    /// Identifies it for good, such as `segou`, `cercle-segou` or `commune-bamako-4`.
    fn code(&self) -> &str {
        &self.code
    }

    /// Its name.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The language of the name; the request's own where none is given. French where there is none in it."
        )]
        language: Option<LanguageCode>,
    ) -> &str {
        let language = language.map_or_else(|| locale(ctx), Locale::from);
        self.known().and_then(|place| place.names.best(language)).unwrap_or(&self.code)
    }

    /// What it is.
    fn kind(&self) -> Option<PlaceKind> {
        self.known().map(|place| place.kind.into())
    }

    /// What it lies in today; null for the country.
    fn parent(&self) -> Option<Place> {
        let parent = self.known().and_then(|place| place.parent.as_deref());
        self.related(parent.and_then(|code| self.gazetteer.place(code)))
    }

    /// The region, or the District of Bamako, that it is or lies in today; null for the country.
    async fn region(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Place>> {
        Ok(self.related(self.gazetteer.region_of(&self.code, directory(ctx)?.today())))
    }

    /// What lies directly in it today, by name.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<PlaceConnection> {
        let children = self.gazetteer.children(&self.code, directory(ctx)?.today());
        let args = page_args(first, after, last, before);
        page(&self.gazetteer, children, &args).map_err(|error| failure(ctx, error))
    }

    /// Its official numbers.
    #[graphql(complexity = "list_complexity(4, child_complexity)")]
    fn codes(&self) -> Vec<PlaceCode> {
        let codes = self.known().map(|place| &place.codes).into_iter().flatten();
        codes.map(|(scheme, value)| PlaceCode { scheme: (*scheme).into(), value: value.clone() }).collect()
    }

    /// Other names it answers to: former ones, other spellings, well-known quarters.
    fn aliases(&self) -> &[String] {
        self.known().map(|place| place.aliases.as_slice()).unwrap_or_default()
    }

    /// Its chief town, roughly; null where it is not known.
    fn location(&self) -> Option<GeoPoint> {
        self.known().and_then(|place| place.point).map(GeoPoint::from)
    }

    /// The first day it exists in the division; null where that is not known or does not matter.
    fn valid_from(&self) -> Option<Date> {
        self.known().and_then(|place| place.validity.from).map(Date)
    }

    /// The last day it existed; null while it does.
    fn valid_to(&self) -> Option<Date> {
        self.known().and_then(|place| place.validity.to).map(Date)
    }

    /// Where this is known from.
    fn source(&self) -> Option<&str> {
        self.known().map(|place| place.source.as_str())
    }

    /// How sure that is.
    fn certainty(&self) -> Option<Certainty> {
        self.known().map(|place| place.certainty.into())
    }
}

/// A page of places that are in memory.
pub(super) fn page(
    gazetteer: &Arc<Gazetteer>,
    places: Vec<&model::place::Place>,
    args: &PageArgs,
) -> Outcome<PlaceConnection> {
    let page = Page::new(PLACES, args, SortValue::is_text)?;
    let total = i64::try_from(places.len()).unwrap_or(i64::MAX);
    let slice = page.of_memory(places, |place, code| place.code == code)?;
    let turn = |place: &model::place::Place| {
        let cursor = Page::memory_cursor(PLACES, &place.code);
        (cursor, Place { gazetteer: Arc::clone(gazetteer), code: place.code.clone() })
    };
    Ok(PlaceConnection::new(slice, turn, Some(total)))
}
