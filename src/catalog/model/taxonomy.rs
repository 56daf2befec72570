//! All products, units, conversions and grades in memory, immutable: the catalogue that everything else looks things up in.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use serde::Deserialize;

use super::grade::GradeRule;
use super::product::{Product, QualityAttribute};
use super::unit::{Conversion, Unit, most_specific};
use crate::kernel::{
    lookup::{Fit, NameKey, NameSet},
    reference::{Certainty, ReferenceError, Validity},
};

/// The embedded branches of the product tree, in the order in which they are shown, each with its file name.
pub const PRODUCT_FILES: [(&str, &str); 17] = [
    ("catalog/data/products/cereals.toml", include_str!("../data/products/cereals.toml")),
    ("catalog/data/products/legumes.toml", include_str!("../data/products/legumes.toml")),
    ("catalog/data/products/oilseeds.toml", include_str!("../data/products/oilseeds.toml")),
    ("catalog/data/products/shea.toml", include_str!("../data/products/shea.toml")),
    ("catalog/data/products/fresh-vegetables.toml", include_str!("../data/products/fresh-vegetables.toml")),
    ("catalog/data/products/roots.toml", include_str!("../data/products/roots.toml")),
    ("catalog/data/products/dried-vegetables.toml", include_str!("../data/products/dried-vegetables.toml")),
    ("catalog/data/products/fruit.toml", include_str!("../data/products/fruit.toml")),
    ("catalog/data/products/processed-fruit.toml", include_str!("../data/products/processed-fruit.toml")),
    ("catalog/data/products/fish.toml", include_str!("../data/products/fish.toml")),
    ("catalog/data/products/condiments.toml", include_str!("../data/products/condiments.toml")),
    ("catalog/data/products/livestock.toml", include_str!("../data/products/livestock.toml")),
    ("catalog/data/products/bee-products.toml", include_str!("../data/products/bee-products.toml")),
    ("catalog/data/products/gums.toml", include_str!("../data/products/gums.toml")),
    ("catalog/data/products/textiles.toml", include_str!("../data/products/textiles.toml")),
    ("catalog/data/products/cosmetics.toml", include_str!("../data/products/cosmetics.toml")),
    ("catalog/data/products/crafts.toml", include_str!("../data/products/crafts.toml")),
];
/// The embedded units of measure.
pub const UNITS_TOML: &str = include_str!("../data/units.toml");
/// The embedded measured attributes.
pub const QUALITY_TOML: &str = include_str!("../data/quality.toml");
/// The embedded rules of grades.
pub const GRADES_TOML: &str = include_str!("../data/grades.toml");
/// The embedded weights of units.
pub const CONVERSIONS_CSV: &str = include_str!("../data/conversions.csv");

const TREE: &str = "catalog/data/products";
const UNITS_FILE: &str = "catalog/data/units.toml";
const QUALITY_FILE: &str = "catalog/data/quality.toml";
const GRADES_FILE: &str = "catalog/data/grades.toml";
const CONVERSIONS_FILE: &str = "catalog/data/conversions.csv";

/// What a taxonomy is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaxonomyData {
    /// Products, in the order in which they are shown.
    pub products: Vec<Product>,
    /// Units of measure.
    pub units: Vec<Unit>,
    /// Measured attributes.
    pub attributes: Vec<QualityAttribute>,
    /// Rules of grades.
    pub grade_rules: Vec<GradeRule>,
    /// Weights of units.
    pub conversions: Vec<Conversion>,
}

/// All products, units, conversions and grades.
#[derive(Debug, Clone)]
pub struct Taxonomy {
    data: TaxonomyData,
    by_code: HashMap<String, usize>,
    children: HashMap<Option<String>, Vec<usize>>,
    /// What each product answers to.
    names: Vec<NameSet>,
    conversions_by_unit: HashMap<String, Vec<usize>>,
}

impl Taxonomy {
    /// The taxonomy of the embedded data.
    ///
    /// # Errors
    /// When the embedded data are not well-formed, which a test keeps from happening.
    pub fn embedded() -> Result<Self, ReferenceError> {
        Self::new(embedded_data()?)
    }

    /// A taxonomy of these data.
    ///
    /// # Errors
    /// When a code is doubled, or something names a product, unit or attribute that does not exist.
    pub fn new(data: TaxonomyData) -> Result<Self, ReferenceError> {
        check(&data)?;
        let mut by_code = HashMap::with_capacity(data.products.len());
        let mut children: HashMap<Option<String>, Vec<usize>> = HashMap::new();
        let mut names = Vec::with_capacity(data.products.len());
        for (index, product) in data.products.iter().enumerate() {
            by_code.insert(product.code.clone(), index);
            children.entry(product.parent.clone()).or_default().push(index);
            names.push(NameSet::new(product.names.iter().map(|(_, name)| name), product.all_synonyms()));
        }
        let mut conversions_by_unit: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, conversion) in data.conversions.iter().enumerate() {
            conversions_by_unit.entry(conversion.unit.clone()).or_default().push(index);
        }
        let taxonomy = Self { data, by_code, children, names, conversions_by_unit };
        taxonomy.check_tree()?;
        Ok(taxonomy)
    }

    /// What it is made of.
    #[must_use]
    pub const fn data(&self) -> &TaxonomyData {
        &self.data
    }

    /// Every product, in the order in which they are shown: a parent before its children.
    #[must_use]
    pub fn products(&self) -> &[Product] {
        &self.data.products
    }

    /// The product with this code.
    #[must_use]
    pub fn product(&self, code: &str) -> Option<&Product> {
        self.by_code.get(code).map(|index| &self.data.products[*index])
    }

    /// The place of a product in the order in which they are shown.
    #[must_use]
    pub fn position(&self, code: &str) -> Option<usize> {
        self.by_code.get(code).copied()
    }

    /// The products directly below `parent`; the branches where it is none.
    pub fn children(&self, parent: Option<&str>) -> impl Iterator<Item = &Product> {
        let indices = self.children.get(&parent.map(str::to_owned)).map_or(&[][..], Vec::as_slice);
        indices.iter().map(|index| &self.data.products[*index])
    }

    /// The products above `code`, the nearest first.
    #[must_use]
    pub fn ancestors(&self, code: &str) -> Vec<&Product> {
        let mut ancestors = Vec::new();
        let mut current = self.product(code);
        while let Some(parent) =
            current.and_then(|product| product.parent.as_deref()).and_then(|parent| self.product(parent))
            && ancestors.len() < self.data.products.len()
        {
            ancestors.push(parent);
            current = Some(parent);
        }
        ancestors
    }

    /// `code` itself and everything below it; nothing where it does not exist.
    #[must_use]
    pub fn with_descendants(&self, code: &str) -> Vec<&Product> {
        let mut found: Vec<&Product> = self.product(code).into_iter().collect();
        let mut next = 0;
        while let Some(product) = found.get(next) {
            found.extend(self.children(Some(&product.code)));
            next += 1;
        }
        found
    }

    /// Whether `code` is `within` or stands below it.
    #[must_use]
    pub fn lies_within(&self, code: &str, within: &str) -> bool {
        code == within || self.ancestors(code).iter().any(|product| product.code == within)
    }

    /// The products that a person may mean who typed `text`, best first.
    ///
    /// What is named comes before beginnings, and one slip is forgiven from four letters on; among what is named, products
    /// that can be offered come before branches, names before synonyms, and then it is the order of the tree.
    #[must_use]
    pub fn find(&self, text: &str, limit: usize) -> Vec<&Product> {
        self.ranked(text, NameSet::fit).into_iter().take(limit).collect()
    }

    /// The one product that `text` names without doubt: a code, a name or a synonym, not a guess.
    #[must_use]
    pub fn locate(&self, text: &str) -> Option<&Product> {
        // Programs ask by code, again and again.
        self.product(text.trim()).or_else(|| self.ranked(text, NameSet::certain_fit).into_iter().next())
    }

    fn ranked(&self, text: &str, fit: impl Fn(&NameSet, &NameKey) -> Option<Fit>) -> Vec<&Product> {
        let typed = NameKey::new(text);
        let mut fitting: Vec<(Fit, &Product)> = self
            .products()
            .iter()
            .zip(&self.names)
            .filter_map(|(product, names)| {
                let fit = if product.code == text.trim() { Some(Fit::Code) } else { fit(names, &typed) };
                fit.map(|fit| (fit, product))
            })
            .collect();
        // Whoever says "karité" means the butter rather than the branch, though the branch is what is called so. A stable
        // sort: what ranks alike stays in the order of the tree.
        fitting.sort_by_key(|(fit, product)| {
            let named = if *fit > Fit::Code && fit.is_certain() { Fit::Name } else { *fit };
            (named, !product.is_tradable(), *fit)
        });
        fitting.into_iter().map(|(_, product)| product).collect()
    }

    /// The unit with this code.
    #[must_use]
    pub fn unit(&self, code: &str) -> Option<&Unit> {
        self.data.units.iter().find(|unit| unit.code == code)
    }

    /// The unit that `text` names: its code, a name or a symbol, whatever the case and accents.
    #[must_use]
    pub fn locate_unit(&self, text: &str) -> Option<&Unit> {
        let typed = NameKey::new(text);
        self.unit(&text.trim().to_uppercase()).or_else(|| {
            let answers = |unit: &&Unit| {
                let mut words = unit.names.iter().map(|(_, name)| name).chain(unit.symbols.iter().map(String::as_str));
                words.any(|word| NameKey::new(word) == typed)
            };
            self.data.units.iter().find(answers)
        })
    }

    /// The units that a product may be offered in, its usual one first.
    #[must_use]
    pub fn units_of(&self, product: &Product) -> Vec<&Unit> {
        let usual = product.unit.iter();
        let others = product.units.iter().filter(|unit| Some(*unit) != product.unit.as_ref());
        usual.chain(others).filter_map(|code| self.unit(code)).collect()
    }

    /// The measured attribute with this code.
    #[must_use]
    pub fn attribute(&self, code: &str) -> Option<&QualityAttribute> {
        self.data.attributes.iter().find(|attribute| attribute.code == code)
    }

    /// The attributes that are measured of a product.
    pub fn attributes_of<'t>(&'t self, product: &'t Product) -> impl Iterator<Item = &'t QualityAttribute> {
        product.quality.iter().filter_map(|code| self.attribute(code))
    }

    /// How the grade of a product follows from measurements, where a standard says so.
    #[must_use]
    pub fn grade_rule(&self, product: &str) -> Option<&GradeRule> {
        self.data.grade_rules.iter().find(|rule| rule.product == product)
    }

    /// What one `unit` of `product` weighs in a place on a day, where that is known.
    ///
    /// `places` is the place followed by those around it, the nearest first; empty where none is known.
    #[must_use]
    pub fn conversion(&self, unit: &str, product: &str, places: &[&str], day: NaiveDate) -> Option<&Conversion> {
        let candidates = self.conversions_by_unit.get(unit)?;
        let ancestors = self.ancestors(product);
        let products: Vec<&str> =
            std::iter::once(product).chain(ancestors.iter().map(|product| product.code.as_str())).collect();
        most_specific(candidates.iter().map(|index| &self.data.conversions[*index]), unit, &products, places, day)
    }

    /// A circle among parents would leave its members below no branch.
    fn check_tree(&self) -> Result<(), ReferenceError> {
        let reachable: usize = self.children(None).map(|branch| self.with_descendants(&branch.code).len()).sum();
        if reachable == self.data.products.len() {
            return Ok(());
        }
        Err(ReferenceError::new(TREE, "tree", "some products stand below each other in a circle"))
    }
}

fn check(data: &TaxonomyData) -> Result<(), ReferenceError> {
    let products = unique(TREE, data.products.iter().map(|product| &product.code))?;
    let units = unique(UNITS_FILE, data.units.iter().map(|unit| &unit.code))?;
    let attributes = unique(QUALITY_FILE, data.attributes.iter().map(|attribute| &attribute.code))?;
    unique(GRADES_FILE, data.grade_rules.iter().map(|rule| &rule.product))?;
    let exists = |file, row: &str, known: &BTreeSet<&str>, code: &str| {
        if known.contains(code) {
            Ok(())
        } else {
            Err(ReferenceError::new(file, row, format!("{code} does not exist")))
        }
    };
    for product in &data.products {
        check_product(product)?;
        if let Some(parent) = &product.parent {
            exists(TREE, &product.code, &products, parent)?;
        }
        for unit in product.unit.iter().chain(&product.units) {
            exists(TREE, &product.code, &units, unit)?;
        }
        for attribute in &product.quality {
            exists(TREE, &product.code, &attributes, attribute)?;
        }
    }
    if let Some(attribute) = data.attributes.iter().find(|attribute| attribute.min > attribute.max) {
        return Err(ReferenceError::new(QUALITY_FILE, &attribute.code, "its least value is above its greatest"));
    }
    for rule in &data.grade_rules {
        exists(GRADES_FILE, &rule.product, &products, &rule.product)?;
        for limit in rule.grades.iter().flat_map(|grade| &grade.limits) {
            exists(GRADES_FILE, &rule.product, &attributes, &limit.attribute)?;
        }
    }
    for conversion in &data.conversions {
        let row = format!("{} of {}", conversion.unit, conversion.product.as_deref().unwrap_or("anything"));
        exists(CONVERSIONS_FILE, &row, &units, &conversion.unit)?;
        if let Some(product) = &conversion.product {
            exists(CONVERSIONS_FILE, &row, &products, product)?;
        }
        if conversion.grams <= 0 {
            return Err(ReferenceError::new(CONVERSIONS_FILE, row, "it weighs nothing"));
        }
    }
    Ok(())
}

fn check_product(product: &Product) -> Result<(), ReferenceError> {
    let refuse = |problem: &str| Err(ReferenceError::new(TREE, &product.code, problem));
    if product.name().trim().is_empty() {
        return refuse("the french name is missing");
    }
    if product.unit.as_deref().is_some_and(|unit| !product.may_be_sold_in(unit)) {
        return refuse("its usual unit is not among its units");
    }
    if product.seasons.iter().any(|month| !(1..=12).contains(month)) {
        return refuse("a season is not a month");
    }
    if product.hs.as_deref().is_some_and(|code| !is_hs_code(code)) {
        return refuse("its hs code is not of the form 1515 or 1515.90");
    }
    Ok(())
}

fn is_hs_code(code: &str) -> bool {
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    match code.split_once('.') {
        Some((heading, subheading)) => digits(heading, 4) && digits(subheading, 2),
        None => digits(code, 4),
    }
}

fn unique<'c>(
    file: &'static str,
    codes: impl Iterator<Item = &'c String>,
) -> Result<BTreeSet<&'c str>, ReferenceError> {
    let mut seen = BTreeSet::new();
    for code in codes {
        if !seen.insert(code.as_str()) {
            return Err(ReferenceError::new(file, code, "the code is used twice"));
        }
    }
    Ok(seen)
}

/// A line of the file of conversions. A flattened [`Validity`] cannot be read from a file without types.
#[derive(Deserialize)]
struct ConversionRow {
    unit: String,
    product: Option<String>,
    place: Option<String>,
    grams: i64,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    weigher: String,
    source: String,
    certainty: Certainty,
}

impl From<ConversionRow> for Conversion {
    fn from(row: ConversionRow) -> Self {
        Self {
            unit: row.unit,
            product: row.product,
            place: row.place,
            grams: row.grams,
            validity: Validity { from: row.valid_from, to: row.valid_to },
            weigher: row.weigher,
            source: row.source,
            certainty: row.certainty,
        }
    }
}

/// Reads the embedded products, units, attributes, grades and conversions.
///
/// # Errors
/// When a file does not have its form.
pub fn embedded_data() -> Result<TaxonomyData, ReferenceError> {
    #[derive(Deserialize)]
    struct Products {
        product: Vec<Product>,
    }
    #[derive(Deserialize)]
    struct Units {
        unit: Vec<Unit>,
    }
    #[derive(Deserialize)]
    struct Attributes {
        attribute: Vec<QualityAttribute>,
    }
    #[derive(Deserialize)]
    struct GradeRules {
        rule: Vec<GradeRule>,
    }
    let mut products = Vec::new();
    for (file, text) in PRODUCT_FILES {
        products.extend(parse_toml::<Products>(file, text)?.product);
    }
    let conversions = csv::Reader::from_reader(CONVERSIONS_CSV.as_bytes())
        .into_deserialize::<ConversionRow>()
        .enumerate()
        // The first line holds the names of the columns.
        .map(|(index, row)| {
            row.map_err(|error| ReferenceError::new(CONVERSIONS_FILE, format!("line {}", index + 2), error.to_string()))
        })
        .map(|row| row.map(Conversion::from))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(TaxonomyData {
        products,
        units: parse_toml::<Units>(UNITS_FILE, UNITS_TOML)?.unit,
        attributes: parse_toml::<Attributes>(QUALITY_FILE, QUALITY_TOML)?.attribute,
        grade_rules: parse_toml::<GradeRules>(GRADES_FILE, GRADES_TOML)?.rule,
        conversions,
    })
}

fn parse_toml<T: for<'de> Deserialize<'de>>(file: &'static str, text: &str) -> Result<T, ReferenceError> {
    toml::from_str(text).map_err(|error| ReferenceError::new(file, "file", error.to_string()))
}

#[cfg(test)]
#[path = "taxonomy_tests.rs"]
mod tests;
