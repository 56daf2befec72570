//! Whether a row of a file is a price, and which: everything that is wrong with it is told at once.

use super::{
    price::{EXTRA_DECIMALS, Month, Price, PriceFacts, PriceKey, PriceType, SeriesKey, parse_rounded, per_kilogram},
    price_layout::RawPrice,
    price_market::{MarketFinder, Note},
    price_reference::{PriceReference, name_key},
};
use crate::{
    catalog::model::{taxonomy::Taxonomy, unit::grams},
    directory::model::gazetteer::Gazetteer,
    kernel::{decimal::parse_scaled, error::excerpt, money::Currency, text::TextRule},
    words,
};

/// Names that stand for an average over many markets: counted beside them, they would count twice.
const AVERAGES: [&str; 2] = ["nationalaverage", "moyennenationale"];

words! {
    /// Why a row was not taken.
    Refusal {
        /// It has more or fewer values than the header has columns.
        WrongColumnCount = "WRONG_COLUMN_COUNT",
        /// It is not written in UTF-8.
        NotUtf8 = "NOT_UTF8",
        /// Its date is none, or lies in the future.
        InvalidDate = "INVALID_DATE",
        /// A name in it is empty, too long, or holds signs that cannot be kept.
        InvalidText = "INVALID_TEXT",
        /// Its price is no number, or not more than zero.
        InvalidPrice = "INVALID_PRICE",
        /// Another row of the file says otherwise of the same.
        Contradicted = "CONTRADICTED",
        /// Another row of the file says the same.
        Repeated = "REPEATED",
        /// The goods are not known.
        UnknownCommodity = "UNKNOWN_COMMODITY",
        /// The goods are known and none of the catalogue's.
        NotInCatalogue = "NOT_IN_CATALOGUE",
        /// The step of trade is not known.
        UnknownPriceType = "UNKNOWN_PRICE_TYPE",
        /// The unit is not known, or nobody has weighed it for these goods.
        UnknownUnit = "UNKNOWN_UNIT",
        /// The currency is not known.
        UnknownCurrency = "UNKNOWN_CURRENCY",
        /// The price was foreseen and not observed.
        Forecast = "FORECAST",
        /// It is an average over many markets.
        Average = "AVERAGE",
    }
}

impl Refusal {
    /// Whether the file is damaged there, rather than speaking of what is not kept here.
    #[must_use]
    pub const fn is_damage(self) -> bool {
        match self {
            Self::WrongColumnCount
            | Self::NotUtf8
            | Self::InvalidDate
            | Self::InvalidText
            | Self::InvalidPrice
            | Self::Contradicted => true,
            Self::Repeated
            | Self::UnknownCommodity
            | Self::NotInCatalogue
            | Self::UnknownPriceType
            | Self::UnknownUnit
            | Self::UnknownCurrency
            | Self::Forecast
            | Self::Average => false,
        }
    }

    /// What it means, for the person who imports.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::WrongColumnCount => "more or fewer values than the header has columns",
            Self::NotUtf8 => "not written in UTF-8",
            Self::InvalidDate => "no date, or one in the future",
            Self::InvalidText => "a name that is empty, too long or cannot be kept",
            Self::InvalidPrice => "no price above zero",
            Self::Contradicted => "says otherwise than an earlier row",
            Self::Repeated => "says what an earlier row says",
            Self::UnknownCommodity => "goods that are not known",
            Self::NotInCatalogue => "goods that are none of the catalogue's",
            Self::UnknownPriceType => "a price type that is not known",
            Self::UnknownUnit => "a unit that nobody has weighed for these goods",
            Self::UnknownCurrency => "a currency that is not known",
            Self::Forecast => "foreseen, not observed",
            Self::Average => "an average over many markets",
        }
    }
}

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// What.
    pub refusal: Refusal,
    /// The value that it is about, shortened; the line of the other row where there is one.
    pub value: String,
}

impl Problem {
    /// A problem with a value.
    #[must_use]
    pub fn new(refusal: Refusal, value: &str) -> Self {
        Self { refusal, value: excerpt(value) }
    }
}

/// What rows are checked against.
#[derive(Debug)]
pub struct PriceCheck<'r> {
    reference: &'r PriceReference,
    taxonomy: &'r Taxonomy,
    gazetteer: &'r Gazetteer,
    finder: MarketFinder<'r>,
    today: chrono::NaiveDate,
}

impl<'r> PriceCheck<'r> {
    /// A check in the division of `today`, after which no price was observed.
    #[must_use]
    pub fn new(
        reference: &'r PriceReference,
        taxonomy: &'r Taxonomy,
        gazetteer: &'r Gazetteer,
        today: chrono::NaiveDate,
    ) -> Self {
        Self { reference, taxonomy, gazetteer, finder: MarketFinder::new(gazetteer, reference, today), today }
    }

    /// Checks a row, and tells what is odd about a good one.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(&mut self, row: &RawPrice<'_>) -> Result<(Price, Vec<Note>), Vec<Problem>> {
        let mut problems = Vec::new();
        let mut refuse = |refusal, value: &str| problems.push(Problem::new(refusal, value));
        let day = Month::parse(row.date).filter(|month| *month <= Month::of(self.today));
        let day = day.and_then(|month| Some((month, month.first_day()?)));
        if day.is_none() {
            refuse(Refusal::InvalidDate, row.date);
        }
        if row.flag.to_lowercase().contains("forecast") {
            refuse(Refusal::Forecast, row.flag);
        }
        let is_average = AVERAGES.contains(&name_key(row.market).as_str());
        if is_average {
            refuse(Refusal::Average, row.market);
        }
        let mut text = |value: &str, may_be_empty: bool| {
            if value.is_empty() && may_be_empty {
                return Some(String::new());
            }
            let checked = TextRule::LINE.check(value, ["row"]).ok();
            if checked.is_none() {
                refuse(Refusal::InvalidText, value);
            }
            checked
        };
        let names = (text(row.market, false), text(row.admin1, true), text(row.admin2, true));
        let product = match self.reference.commodity(row.commodity) {
            Some(commodity) if commodity.product.is_none() => {
                refuse(Refusal::NotInCatalogue, row.commodity);
                None
            }
            Some(commodity) => commodity.product.clone(),
            None => {
                refuse(Refusal::UnknownCommodity, row.commodity);
                None
            }
        };
        let price_type = PriceType::named(row.price_type);
        if price_type.is_none() {
            refuse(Refusal::UnknownPriceType, row.price_type);
        }
        let currency = Currency::from_code(row.currency);
        if currency.is_none() {
            refuse(Refusal::UnknownCurrency, row.currency);
        }
        let decimals = currency.and_then(Currency::exponent).map_or(0, u32::from) + EXTRA_DECIMALS;
        let price = parse_rounded(row.price, decimals).filter(|price| *price > 0);
        if price.is_none() {
            refuse(Refusal::InvalidPrice, row.price);
        }
        let located = day.map(|(_, day)| self.finder.locate(row, day));
        let weighed = match (&product, day, &located) {
            (Some(product), Some((_, day)), Some(located)) => {
                let weighed = self.weigh(row.unit, product, located.place.as_deref(), day);
                if weighed.is_none() {
                    refuse(Refusal::UnknownUnit, row.unit);
                }
                weighed
            }
            // What is not known cannot be weighed; that its unit is unknown besides is told all the same.
            _ => {
                if self.unit(row.unit).is_none() {
                    refuse(Refusal::UnknownUnit, row.unit);
                }
                None
            }
        };
        let kilogram = price.zip(weighed).map(|(price, grams)| per_kilogram(price, grams).filter(|price| *price > 0));
        if kilogram == Some(None) {
            refuse(Refusal::InvalidPrice, row.price);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let complete = || {
            let ((market, admin1, admin2), located) = ((names.0?, names.1?, names.2?), located?);
            let series = SeriesKey {
                market: located.key,
                commodity: name_key(row.commodity),
                price_type: price_type?,
                currency: currency?.code().to_owned(),
            };
            let key = PriceKey { series, month: day?.0, unit: row.unit.to_uppercase() };
            let facts = PriceFacts {
                price: price?,
                unit_grams: weighed?,
                per_kilogram: kilogram??,
                product: product?,
                place: located.place,
            };
            let commodity = row.commodity.to_owned();
            Some((Price { key, facts, market, admin1, admin2, commodity }, located.notes))
        };
        // Whatever is missing was told above.
        complete().ok_or_else(|| vec![Problem::new(Refusal::InvalidText, row.market)])
    }

    /// What a unit of a product weighs, in grams: `KG`, `100 KG`, `1.5 L`.
    fn weigh(&self, unit: &str, product: &str, place: Option<&str>, day: chrono::NaiveDate) -> Option<i64> {
        let (thousandths, code) = self.unit(unit)?;
        let around = place.map(|place| self.gazetteer.ancestors(place, self.today)).unwrap_or_default();
        let places: Vec<&str> = place.into_iter().chain(around.iter().map(|place| place.code.as_str())).collect();
        let one = self.taxonomy.conversion(code, product, &places, day)?;
        grams(thousandths, one.grams).filter(|grams| *grams > 0)
    }

    /// How many thousandths of which unit a text names.
    fn unit(&self, text: &str) -> Option<(i64, &'r str)> {
        let (number, name) = match text.split_once(' ') {
            Some((number, name)) => (parse_scaled(number, 3).ok()?, name.trim()),
            None => (1_000, text),
        };
        let unit = self.reference.unit(name)?;
        (number > 0).then_some((number, unit.code.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: RawPrice<'static> = RawPrice {
        date: "2018-06-15",
        country: "",
        admin1: "Segou",
        admin2: "",
        market: "Niono",
        latitude: "",
        longitude: "",
        commodity: "Millet",
        price_type: "Retail",
        unit: "KG",
        flag: "actual",
        currency: "XOF",
        price: "153.65",
    };

    fn check(row: &RawPrice<'_>) -> Result<(Price, Vec<Note>), Vec<Refusal>> {
        let (taxonomy, gazetteer) = (Taxonomy::embedded().unwrap(), Gazetteer::embedded().unwrap());
        let reference = PriceReference::embedded(&taxonomy, &gazetteer).unwrap();
        PriceCheck::new(&reference, &taxonomy, &gazetteer, "2026-11-02".parse().unwrap())
            .check(row)
            .map_err(|problems| problems.iter().map(|problem| problem.refusal).collect())
    }

    fn kilogram(unit: &str, price: &str, currency: &str) -> i64 {
        check(&RawPrice { unit, price, currency, ..GOOD }).unwrap().0.facts.per_kilogram
    }

    #[test]
    fn a_good_row_is_a_price_by_the_kilogram() {
        let (price, notes) = check(&GOOD).unwrap();
        assert_eq!(notes, []);
        assert_eq!((price.facts.product.as_str(), price.facts.place.as_deref()), ("millet", Some("cercle-niono")));
        assert_eq!((price.facts.price, price.facts.per_kilogram), (153_650, 153_650));
        assert_eq!(price.key.month, Month::parse("2018-06").unwrap());
    }

    #[test]
    fn units_are_weighed_and_currencies_keep_their_cents() {
        assert_eq!(kilogram("100 KG", "15000", "XOF"), 150_000);
        assert_eq!(kilogram("500 g", "75", "XOF"), 150_000);
        assert_eq!(kilogram("MT", "150000", "XOF"), 150_000);
        assert_eq!(kilogram("0.5 KG", "75", "XOF"), 150_000);
        assert_eq!(kilogram("KG", "1.25", "EUR"), 125_000);
        let oil = RawPrice { commodity: "Oil (groundnut)", unit: "L", price: "915", ..GOOD };
        assert_eq!(check(&oil).unwrap().0.facts.per_kilogram, 1_000_000);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let row = RawPrice {
            date: "2030-01",
            commodity: "Gold",
            price_type: "Auction",
            unit: "Head",
            flag: "forecast",
            currency: "CFA",
            price: "-5",
            ..GOOD
        };
        use Refusal as R;
        let all = [
            R::InvalidDate,
            R::Forecast,
            R::UnknownCommodity,
            R::UnknownPriceType,
            R::UnknownCurrency,
            R::InvalidPrice,
            R::UnknownUnit,
        ];
        assert_eq!(check(&row).unwrap_err(), all);
    }

    #[test]
    fn what_is_no_market_price_of_ours_is_no_damage() {
        let refused = |row: RawPrice<'static>| check(&row).unwrap_err();
        assert_eq!(refused(RawPrice { market: "National Average", ..GOOD }), [Refusal::Average]);
        assert_eq!(refused(RawPrice { commodity: "Rice (imported)", ..GOOD }), [Refusal::NotInCatalogue]);
        assert_eq!(refused(RawPrice { unit: "100 Tubers", ..GOOD }), [Refusal::UnknownUnit]);
        assert_eq!(refused(RawPrice { unit: "0 KG", ..GOOD }), [Refusal::UnknownUnit]);
        assert_eq!(refused(RawPrice { price: "0", ..GOOD }), [Refusal::InvalidPrice]);
        assert_eq!(refused(RawPrice { market: "", ..GOOD }), [Refusal::InvalidText]);
        assert!(!Refusal::Average.is_damage() && Refusal::InvalidText.is_damage());
    }

    proptest! {
        #[test]
        fn any_row_is_taken_or_refused(
            date in ".{0,12}", market in ".{0,12}", unit in "[0-9. ]{0,4}(KG|L|.{0,3})", price in "[-0-9.]{0,24}",
            currency in "(XOF|EUR|.{0,3})",
        ) {
            let row = RawPrice { date: &date, market: &market, unit: &unit, price: &price, currency: &currency, ..GOOD };
            match check(&row) {
                Ok((price, _)) => prop_assert!(price.facts.per_kilogram > 0 && price.facts.unit_grams > 0),
                Err(problems) => prop_assert!(!problems.is_empty()),
            }
        }
    }
}
