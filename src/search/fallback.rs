//! Answers while the index is away: simple ones, from the database.
//!
//! They are as exact as the index's about who may be found and about every filter. They are simpler in the words: each must
//! stand in the title or the name, or name the product or the place, as it is written. The newest come first unless a price
//! or a distance orders them. Nothing is counted beside the results, and nothing marked.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::{
    Search,
    model::{
        Collection, Condition, GeoPoint, Hit, KeywordField, NumberField, ParsedQuery, SearchRequest, SearchResult,
        Sort, Suggestion, SuggestionKind,
        filter::{Near, day_of},
        words::{Word, words},
    },
    store::{self, Plain, PlainListing, PlainOrder, PlainPlace},
};
use crate::{
    certification::model::{certificate::Certificate, claim::claims},
    directory::model::gazetteer::Gazetteer,
    kernel::{Outcome, locale::Locale, text::fold},
};

/// Results that are found at most: whoever has not seen it by then has seen enough until the index is back.
pub(super) const PLAIN_RESULTS_MAX: usize = 2_000;

/// Kilometres of a degree of latitude, a little less than the least there is, so that a box is never too small.
const KILOMETRES_A_DEGREE: f64 = 110.0;

/// A result before it is cut into pages.
struct Result {
    id: Uuid,
    kilometres: Option<f64>,
}

impl Search {
    /// Answers a search from the database.
    pub(super) async fn find_plainly(&self, request: &SearchRequest) -> Outcome<SearchResult> {
        let gazetteer = self.directory.gazetteer();
        let conditions = self.plain_conditions(request, &gazetteer);
        let mut results = match request.collection {
            Collection::Listings => self.plain_listings(request, &conditions, &gazetteer).await?,
            Collection::Organizations => self.plain_organizations(request, &conditions, &gazetteer).await?,
        };
        for near in within(request) {
            results.retain(|result| result.kilometres.is_some_and(|kilometres| kilometres <= near.radius_kilometres));
        }
        if let Sort::Distance(_) = request.sort {
            let far = |result: &Result| result.kilometres.unwrap_or(f64::INFINITY);
            results.sort_by(|one, other| far(one).total_cmp(&far(other)).then(other.id.cmp(&one.id)));
        }
        let total = results.len() as u64;
        let page = results.into_iter().skip(request.window.offset()).take(request.window.limit());
        let hit = |result: Result| Hit {
            id: result.id,
            score: 0.0,
            highlights: Vec::new(),
            distance_kilometres: result.kilometres.filter(|_| request.origin.is_some()),
        };
        Ok(SearchResult { hits: page.map(hit).collect(), total, facets: Vec::new() })
    }

    /// Completes what is being typed from the products there are and the names of organizations. What is behind each is not
    /// counted.
    pub(super) async fn suggest_plainly(&self, typed: &str, count_max: usize) -> Outcome<Vec<Suggestion>> {
        if typed.trim().is_empty() {
            return Ok(Vec::new());
        }
        let products = self.taxonomy.find(typed, count_max);
        let products = products.into_iter().filter(|product| product.is_tradable());
        let products = products.filter_map(|product| product.names.best(Locale::Fr));
        let mut suggestions: Vec<Suggestion> = products.map(|name| plain(SuggestionKind::Product, name)).collect();
        if suggestions.len() < count_max {
            let names = store::plain_names(&self.services.db, &fold(typed), count_max - suggestions.len()).await?;
            suggestions.extend(names.iter().map(|name| plain(SuggestionKind::Organization, name)));
        }
        Ok(suggestions)
    }

    async fn plain_listings(
        &self,
        request: &SearchRequest,
        conditions: &[Plain],
        gazetteer: &Gazetteer,
    ) -> Outcome<Vec<Result>> {
        let order = match request.sort {
            Sort::PricePerKilogramAsc => PlainOrder::Cheapest,
            Sort::PricePerKilogramDesc => PlainOrder::Dearest,
            Sort::Relevance | Sort::Newest | Sort::Distance(_) => PlainOrder::Newest,
        };
        let db = &self.services.db;
        let mut listings = store::plain_listings(db, conditions, order, PLAIN_RESULTS_MAX).await?;
        for schemes in certified(conditions) {
            let sellers: BTreeSet<Uuid> = listings.iter().map(|listing| listing.organization_id).collect();
            let held = store::certificates(db.read(), &sellers.into_iter().collect::<Vec<_>>()).await?;
            listings.retain(|listing| self.is_covered(listing, &held, schemes));
        }
        let origin = origin(request);
        let today = self.services.clock.today();
        let located = |listing: PlainListing| {
            let place = listing.place_code.as_deref().unwrap_or(&listing.seller.place_code);
            let own = listing.seller.point.filter(|_| place == listing.seller.place_code);
            Result { id: listing.id, kilometres: kilometres(origin, own, || gazetteer.point_of(place, today)) }
        };
        Ok(listings.into_iter().map(located).collect())
    }

    async fn plain_organizations(
        &self,
        request: &SearchRequest,
        conditions: &[Plain],
        gazetteer: &Gazetteer,
    ) -> Outcome<Vec<Result>> {
        let organizations = store::plain_organizations(&self.services.db, conditions, PLAIN_RESULTS_MAX).await?;
        let origin = origin(request);
        let today = self.services.clock.today();
        let located = |(id, PlainPlace { place_code, point }): (Uuid, PlainPlace)| Result {
            id,
            kilometres: kilometres(origin, point, || gazetteer.point_of(&place_code, today)),
        };
        Ok(organizations.into_iter().map(|found| located((found.id, found.at))).collect())
    }

    /// Whether a certificate of one of the schemes covers the listing's product: that stands in no column.
    fn is_covered(&self, listing: &PlainListing, held: &HashMap<Uuid, Vec<Certificate>>, schemes: &[String]) -> bool {
        let Some(held) = held.get(&listing.organization_id) else { return false };
        let today = self.services.clock.today();
        claims(held, &self.schemes, &self.taxonomy, &listing.product_code, |certificate| certificate.status_at(today))
            .iter()
            .any(|claim| claim.status.is_in_force() && schemes.iter().any(|scheme| scheme == claim.scheme))
    }

    fn plain_conditions(&self, request: &SearchRequest, gazetteer: &Gazetteer) -> Vec<Plain> {
        let asked = request.conditions.iter().filter_map(|condition| self.plain_condition(condition, gazetteer));
        asked.chain(self.plain_words(&request.query, gazetteer)).collect()
    }

    fn plain_condition(&self, condition: &Condition, gazetteer: &Gazetteer) -> Option<Plain> {
        Some(match condition {
            Condition::AnyOf(KeywordField::Product, codes) => Plain::Products(self.all_below(codes)),
            Condition::AnyOf(KeywordField::Place | KeywordField::Region, codes) => self.all_within(codes, gazetteer),
            Condition::AnyOf(KeywordField::Kind, kinds) => Plain::Kinds(kinds.clone()),
            Condition::AnyOf(KeywordField::Grade, grades) => Plain::Grades(grades.clone()),
            Condition::AnyOf(KeywordField::Season, seasons) => Plain::Seasons(seasons.clone()),
            Condition::AnyOf(KeywordField::Organization, ids) => {
                Plain::Sellers(ids.iter().filter_map(|id| id.parse().ok()).collect())
            }
            Condition::AnyOf(KeywordField::Scheme, schemes) => {
                Plain::Certified { schemes: schemes.clone(), day: self.services.clock.today() }
            }
            Condition::AnyOf(KeywordField::WomenOwned, terms) => {
                Plain::Owned(terms.iter().filter_map(|term| fact(term)).collect())
            }
            Condition::Between { field: NumberField::PricePerKilogram, min, max, .. } => {
                Plain::Price { min: min.unwrap_or(i64::MIN), max: max.unwrap_or(i64::MAX) }
            }
            Condition::Between { field: NumberField::AvailableFrom, max, .. } => Plain::From(max.and_then(day_of)?),
            Condition::Between { field: NumberField::AvailableUntil, min, .. } => Plain::Until(min.and_then(day_of)?),
            // Nobody can ask for it.
            Condition::Between { field: NumberField::PublishedAt, .. } => return None,
            Condition::Within(near) => self.plain_circle(*near, gazetteer),
        })
    }

    fn all_below(&self, codes: &[String]) -> Vec<String> {
        let products = codes.iter().flat_map(|code| self.taxonomy.with_descendants(code));
        let products: BTreeSet<String> = products.map(|product| product.code.clone()).collect();
        products.into_iter().collect()
    }

    fn all_within(&self, codes: &[String], gazetteer: &Gazetteer) -> Plain {
        let today = self.services.clock.today();
        let regions: Option<BTreeSet<String>> =
            codes.iter().map(|code| Some(gazetteer.region_of(code, today)?.code.clone())).collect();
        Plain::Places {
            codes: self
                .places_where(gazetteer, |code| codes.iter().any(|within| gazetteer.lies_within(code, within, today))),
            regions: regions.map(|regions| regions.into_iter().collect()),
        }
    }

    fn places_where(&self, gazetteer: &Gazetteer, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
        gazetteer.places().iter().map(|place| &place.code).filter(|code| is_meant(code)).cloned().collect()
    }

    fn plain_circle(&self, near: Near, gazetteer: &Gazetteer) -> Plain {
        let today = self.services.clock.today();
        let up = near.radius_kilometres / KILOMETRES_A_DEGREE;
        let (south, north) = (near.center.latitude - up, near.center.latitude + up);
        let (west, east) = (near.center.longitude, near.center.longitude);
        // Where the circle comes near a pole or the meridian opposite Greenwich, every longitude may be in it.
        let across = up / south.abs().max(north.abs()).to_radians().cos();
        let all_around = south <= -89.0 || north >= 89.0 || west - across < -180.0 || east + across > 180.0;
        Plain::Near {
            latitudes: [south, north],
            longitudes: if all_around { [-180.0, 180.0] } else { [west - across, east + across] },
            places: self.places_where(gazetteer, |code| {
                let point = gazetteer.point_of(code, today);
                let point = point.and_then(|point| GeoPoint::new(point.latitude, point.longitude));
                point.is_some_and(|point| point.kilometres_to(near.center) <= near.radius_kilometres)
            }),
        }
    }

    /// Every word, those in quotation marks too.
    fn plain_words(&self, query: &ParsedQuery, gazetteer: &Gazetteer) -> Vec<Plain> {
        let today = self.services.clock.today();
        let last = query.words.last().filter(|_| query.last_is_prefix);
        let asked = query.words.iter().chain(query.phrases.iter().flatten());
        asked
            .map(|word| {
                let is_meant = |name: &str| words(name).any(|of| means(word, &of, last == Some(word)));
                let named: Vec<String> = self
                    .taxonomy
                    .products()
                    .iter()
                    .filter(|product| {
                        product.names.iter().any(|(_, name)| is_meant(name))
                            || product.synonyms.values().flatten().any(|name| is_meant(name))
                    })
                    .map(|product| product.code.clone())
                    .collect();
                let around: BTreeSet<&str> = gazetteer
                    .places()
                    .iter()
                    .filter(|place| {
                        place.names.iter().any(|(_, name)| is_meant(name))
                            || place.aliases.iter().any(|name| is_meant(name))
                    })
                    .map(|place| place.code.as_str())
                    .collect();
                let places = if around.is_empty() {
                    Vec::new()
                } else {
                    self.places_where(gazetteer, |code| {
                        around.contains(code)
                            || gazetteer.ancestors(code, today).iter().any(|place| around.contains(place.code.as_str()))
                    })
                };
                Plain::Word { word: word.folded.clone(), products: self.all_below(&named), places }
            })
            .collect()
    }
}

/// Whether a word that was typed is this word of a name, or may become it.
fn means(typed: &Word, of: &Word, is_prefix: bool) -> bool {
    let same = typed.folded == of.folded || (typed.key.is_some() && typed.key == of.key);
    same || typed.key.as_ref() == Some(&of.folded)
        || of.key.as_ref() == Some(&typed.folded)
        || (is_prefix && of.folded.starts_with(&typed.folded))
}

fn plain(kind: SuggestionKind, text: &str) -> Suggestion {
    Suggestion { text: text.to_owned(), kind, count: 0 }
}

/// The parts of `DEFINITION|STATUS|EVIDENCE`.
fn fact(term: &str) -> Option<[String; 3]> {
    let mut parts = term.split('|').map(str::to_owned);
    Some([parts.next()?, parts.next()?, parts.next()?])
}

fn within(request: &SearchRequest) -> impl Iterator<Item = Near> + '_ {
    request.conditions.iter().filter_map(|condition| match condition {
        Condition::Within(near) => Some(*near),
        Condition::AnyOf(..) | Condition::Between { .. } => None,
    })
}

fn origin(request: &SearchRequest) -> Option<GeoPoint> {
    within(request).map(|near| near.center).next().or(request.origin)
}

fn certified(conditions: &[Plain]) -> impl Iterator<Item = &[String]> {
    conditions.iter().filter_map(schemes)
}

fn schemes(condition: &Plain) -> Option<&[String]> {
    if let Plain::Certified { schemes, .. } = condition { Some(schemes) } else { None }
}

/// How far it is from the middle to its own point or, where it has none, to its place's.
fn kilometres(
    origin: Option<GeoPoint>,
    own: Option<(f64, f64)>,
    of_place: impl FnOnce() -> Option<crate::directory::model::place::Point>,
) -> Option<f64> {
    let own = own.and_then(|(latitude, longitude)| GeoPoint::new(latitude, longitude));
    let point = own.or_else(|| of_place().and_then(|point| GeoPoint::new(point.latitude, point.longitude)));
    Some(point?.kilometres_to(origin?))
}
