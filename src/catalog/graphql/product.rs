//! Products, their units and what is measured of them.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use super::catalog;
use crate::{
    catalog::model::{
        grade, product,
        taxonomy::Taxonomy,
        unit::{self, UnitKind as Kind},
    },
    connection,
    directory::graphql::Certainty,
    kernel::{
        ErrorCode, UserError,
        decimal::format_scaled,
        error::excerpt,
        graphql::{Date, Decimal, LanguageCode, failure, list_complexity, locale},
        locale::{Locale, Texts},
        quantity::DECIMALS,
    },
};

/// A class of products in the taxonomy.
#[derive(Debug, Clone)]
pub struct Product {
    taxonomy: Arc<Taxonomy>,
    position: usize,
}

impl Product {
    /// The product with this code.
    #[must_use]
    pub fn find(taxonomy: &Arc<Taxonomy>, code: &str) -> Option<Self> {
        Some(Self { position: taxonomy.position(code)?, taxonomy: Arc::clone(taxonomy) })
    }

    pub(super) fn product(&self) -> &product::Product {
        &self.taxonomy.products()[self.position]
    }
}

fn named<'n>(ctx: &Context<'_>, names: &'n Texts, language: Option<LanguageCode>) -> &'n str {
    names.best(language.map_or_else(|| locale(ctx), Locale::from)).unwrap_or_default()
}

/// A class of products in the taxonomy: a product that listings can offer, or a branch that holds such products together.
#[Object(crate = "crate::kernel::graphql::fields")]
impl Product {
    /// The code that identifies it for ever, such as `shea-butter`.
    fn code(&self) -> &str {
        &self.product().code
    }

    /// Its name; in French where it has none in the language asked for.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language of the name; the request's own where none is given.")] language: Option<
            LanguageCode,
        >,
    ) -> &str {
        named(ctx, &self.product().names, language)
    }

    /// Other words and market spellings that people use for it, in all languages.
    fn synonyms(&self) -> Vec<&str> {
        self.product().all_synonyms().collect()
    }

    /// Its heading or subheading in the Harmonized System 2022, such as `1515.90`.
    fn hs_code(&self) -> Option<&str> {
        self.product().hs.as_deref()
    }

    /// Its code in the United Nations Standard Products and Services Code, where known.
    fn unspsc(&self) -> Option<&str> {
        self.product().unspsc.as_deref()
    }

    /// The months in which it is harvested or mostly offered, 1 to 12; empty for all the year.
    fn seasons(&self) -> Vec<i32> {
        self.product().seasons.iter().map(|month| i32::from(*month)).collect()
    }

    /// Whether it spoils within days or weeks.
    fn perishable(&self) -> bool {
        self.product().perishable
    }

    /// Whether listings can offer it; false for branches.
    fn tradable(&self) -> bool {
        self.product().is_tradable()
    }

    /// The units it may be offered in, its usual one first.
    #[graphql(complexity = "list_complexity(8, child_complexity)")]
    async fn units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The place whose weights to use, by code or name: a sack of Sikasso is no sack of Gao.")]
        place_code: Option<String>,
    ) -> async_graphql::Result<Vec<ProductUnit>> {
        let weights = weights(ctx, self, place_code.as_deref())?;
        let units = self.taxonomy.units_of(self.product());
        Ok(units.into_iter().zip(weights).map(|(unit, weight)| ProductUnit { unit: unit.clone(), weight }).collect())
    }

    /// What is measured of it.
    #[graphql(complexity = "list_complexity(8, child_complexity)")]
    fn quality_attributes(&self) -> Vec<QualityAttribute> {
        self.taxonomy.attributes_of(self.product()).cloned().map(QualityAttribute).collect()
    }

    /// How its grade follows from measurements; null where no standard says so and the seller's word stands.
    fn grading(&self) -> Option<Grading> {
        self.taxonomy.grade_rule(&self.product().code).cloned().map(Grading)
    }

    /// The branch it belongs to; null for a branch at the top.
    fn parent(&self) -> Option<Product> {
        self.product().parent.as_deref().and_then(|code| Self::find(&self.taxonomy, code))
    }

    /// The products directly below it.
    #[graphql(complexity = "list_complexity(20, child_complexity)")]
    fn children(&self) -> Vec<Product> {
        let children = self.taxonomy.children(Some(&self.product().code));
        children.filter_map(|child| Self::find(&self.taxonomy, &child.code)).collect()
    }

    /// Where it is known from.
    fn source(&self) -> &str {
        &self.product().source
    }

    /// How sure that is.
    fn certainty(&self) -> Certainty {
        self.product().certainty.into()
    }
}

/// What one of each of a product's units weighs in a place today.
fn weights(
    ctx: &Context<'_>,
    product: &Product,
    place: Option<&str>,
) -> async_graphql::Result<Vec<Option<unit::Conversion>>> {
    let catalog = catalog(ctx)?;
    let gazetteer = catalog.knows.directory.gazetteer();
    let today = catalog.knows.services.clock.today();
    let place = match place.map(|text| (text, gazetteer.locate(&excerpt(text), today))) {
        None => None,
        Some((_, Some(place))) => Some(place.code.as_str()),
        Some((text, None)) => {
            let error = UserError::new(ErrorCode::UnknownPlace, ["placeCode"]);
            return Err(failure(ctx, error.with("value", excerpt(text)).with("suggestions", "—").into()));
        }
    };
    let around = place.map(|code| gazetteer.ancestors(code, today)).unwrap_or_default();
    let places: Vec<&str> = place.into_iter().chain(around.iter().map(|place| place.code.as_str())).collect();
    let taxonomy = &product.taxonomy;
    let code = &product.product().code;
    let weigh = |unit: &unit::Unit| taxonomy.conversion(&unit.code, code, &places, today).cloned();
    Ok(taxonomy.units_of(product.product()).into_iter().map(weigh).collect())
}

/// A unit as one product is offered in it.
#[derive(Debug, Clone)]
pub struct ProductUnit {
    unit: unit::Unit,
    weight: Option<unit::Conversion>,
}

/// A unit that a product may be offered in, and what one of it weighs.
#[Object(crate = "crate::kernel::graphql::fields")]
impl ProductUnit {
    /// The code: of UN/CEFACT Recommendation 20 (`KGM`, `TNE`, `LTR`, `H87`), or ours of a local measure (`SAC100`, `TINE`).
    fn code(&self) -> &str {
        &self.unit.code
    }

    /// Its name; in French where it has none in the language asked for.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language of the name; the request's own where none is given.")] language: Option<
            LanguageCode,
        >,
    ) -> &str {
        named(ctx, &self.unit.names, language)
    }

    /// What kind of measure it is.
    fn kind(&self) -> UnitKind {
        self.unit.kind.into()
    }

    /// What one of it weighs, in kilograms, for this product in the place asked for; null where nobody has weighed.
    fn kilograms(&self) -> Option<Decimal> {
        self.weight.as_ref().map(|weight| Decimal(format_scaled(weight.grams, DECIMALS)))
    }

    /// Who weighed it, or `estimate`, `nominal`, `by definition`; null where nobody has weighed.
    fn weigher(&self) -> Option<&str> {
        self.weight.as_ref().map(|weight| weight.weigher.as_str())
    }

    /// The first day that the weight holds for; null where nobody has weighed, or where it has always held.
    fn valid_from(&self) -> Option<Date> {
        self.weight.as_ref().and_then(|weight| weight.validity.from).map(Date)
    }

    /// Where the weight is known from; null where nobody has weighed.
    fn source(&self) -> Option<&str> {
        self.weight.as_ref().map(|weight| weight.source.as_str())
    }

    /// How sure that is; null where nobody has weighed.
    fn certainty(&self) -> Option<Certainty> {
        self.weight.as_ref().map(|weight| weight.certainty.into())
    }
}

/// What kind of measure a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(remote = "Kind")]
pub enum UnitKind {
    /// A mass, exact by definition.
    Mass,
    /// A volume; what it weighs depends on the product.
    Volume,
    /// Pieces or lengths.
    Count,
    /// A local container or bundle; what it weighs depends on product, place and seller.
    Container,
}

/// Something that is measured of a product.
#[derive(Debug, Clone)]
pub struct QualityAttribute(product::QualityAttribute);

/// Something that is measured of a product, such as moisture.
#[Object(crate = "crate::kernel::graphql::fields")]
impl QualityAttribute {
    /// The code that measurements name it by.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name; in French where it has none in the language asked for.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language of the name; the request's own where none is given.")] language: Option<
            LanguageCode,
        >,
    ) -> &str {
        named(ctx, &self.0.names, language)
    }

    /// The unit of the measured value, such as `%`.
    fn unit(&self) -> &str {
        &self.0.unit
    }

    /// The least value that can be true.
    fn minimum(&self) -> Decimal {
        Decimal(format_scaled(self.0.min, DECIMALS))
    }

    /// The greatest value that can be true.
    fn maximum(&self) -> Decimal {
        Decimal(format_scaled(self.0.max, DECIMALS))
    }

    /// Where it is known from.
    fn source(&self) -> &str {
        &self.0.source
    }

    /// How sure that is.
    fn certainty(&self) -> Certainty {
        self.0.certainty.into()
    }
}

/// How a product's grade follows from measurements.
#[derive(Debug, Clone)]
pub struct Grading(grade::GradeRule);

/// How a product's grade follows from what was measured, after a standard.
#[Object(crate = "crate::kernel::graphql::fields")]
impl Grading {
    /// The standard that says so.
    fn standard(&self) -> &str {
        &self.0.standard
    }

    /// The grades, from the best down. A product has the first of them whose limits it all keeps.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    fn grades(&self) -> Vec<Grade> {
        let limit = |limit: &grade::Limit| GradeLimit {
            attribute: limit.attribute.clone(),
            at_most: Decimal(format_scaled(limit.at_most, DECIMALS)),
        };
        let grade =
            |grade: &grade::Grade| Grade { code: grade.code.clone(), limits: grade.limits.iter().map(limit).collect() };
        self.0.grades.iter().map(grade).collect()
    }
}

/// A grade of a product.
#[derive(Debug, Clone, SimpleObject)]
pub struct Grade {
    /// Its code, as listings show it.
    pub code: String,
    /// What must hold, all of it.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    pub limits: Vec<GradeLimit>,
}

/// The most that an attribute may measure for a grade.
#[derive(Debug, Clone, SimpleObject)]
pub struct GradeLimit {
    /// The code of the attribute.
    pub attribute: String,
    /// The bound, itself admitted, in the attribute's unit.
    pub at_most: Decimal,
}

connection! {
    /// A page of products, in the order of the tree, or best first where a text was asked for.
    ProductConnection, ProductEdge, Product
}
