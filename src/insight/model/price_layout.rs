//! The forms in which market prices are published, told apart by their header.

use crate::words;

words! {
    /// A form of file.
    Layout {
        /// What the World Food Programme publishes on the Humanitarian Data Exchange today: 16 columns.
        Hdx = "HDX",
        /// What it published before, with the price type behind the goods' name.
        HdxOlder = "HDX_OLDER",
        /// A row a month, as research puts such files together; the price type behind the goods' name.
        Monthly = "MONTHLY",
    }
}

/// A column that the import understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Date,
    Country,
    Admin1,
    Admin2,
    Market,
    Latitude,
    Longitude,
    Commodity,
    PriceType,
    Unit,
    Flag,
    Currency,
    Price,
}

impl Layout {
    /// The columns that the form must have, by the names it gives them.
    const fn columns(self) -> &'static [(Column, &'static str)] {
        match self {
            Self::Hdx => &[
                (Column::Date, "date"),
                (Column::Admin1, "admin1"),
                (Column::Admin2, "admin2"),
                (Column::Market, "market"),
                (Column::Latitude, "latitude"),
                (Column::Longitude, "longitude"),
                (Column::Commodity, "commodity"),
                (Column::Unit, "unit"),
                (Column::Flag, "priceflag"),
                (Column::PriceType, "pricetype"),
                (Column::Currency, "currency"),
                (Column::Price, "price"),
            ],
            Self::HdxOlder => &[
                (Column::Date, "date"),
                (Column::Commodity, "cmname"),
                (Column::Unit, "unit"),
                (Column::Price, "price"),
                (Column::Currency, "currency"),
                (Column::Country, "country"),
                (Column::Admin1, "admname"),
                (Column::Market, "mktname"),
            ],
            Self::Monthly => &[
                (Column::Date, "month"),
                (Column::Admin1, "region"),
                (Column::Market, "market"),
                (Column::Latitude, "lat"),
                (Column::Longitude, "lon"),
                (Column::Commodity, "commodity"),
                (Column::Unit, "unit"),
                (Column::Currency, "currency"),
                (Column::Price, "price"),
            ],
        }
    }
}

/// A header that was understood: the form, and where its columns stand. Further columns are passed over.
#[derive(Debug, Clone)]
pub struct Header {
    /// The form.
    pub layout: Layout,
    /// How many values a row has.
    pub width: usize,
    positions: Vec<(Column, usize)>,
}

/// The values of a row that matter, as they stand, trimmed. What the form does not have is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RawPrice<'r> {
    /// The day or month.
    pub date: &'r str,
    /// The country.
    pub country: &'r str,
    /// The region.
    pub admin1: &'r str,
    /// The cercle.
    pub admin2: &'r str,
    /// The market.
    pub market: &'r str,
    /// Its latitude.
    pub latitude: &'r str,
    /// Its longitude.
    pub longitude: &'r str,
    /// The goods.
    pub commodity: &'r str,
    /// The price type.
    pub price_type: &'r str,
    /// The unit.
    pub unit: &'r str,
    /// What kind of figure it is: actual, aggregate, forecast.
    pub flag: &'r str,
    /// The currency.
    pub currency: &'r str,
    /// The price.
    pub price: &'r str,
}

impl Header {
    /// Understands a header.
    ///
    /// # Errors
    /// The names of the columns that are missing from the form that it comes nearest to.
    pub fn detect<'h>(names: impl IntoIterator<Item = &'h str>) -> Result<Self, Vec<&'static str>> {
        let mark: &[char] = &['\u{feff}'];
        let names: Vec<String> =
            names.into_iter().map(|name| name.trim_start_matches(mark).trim().to_lowercase()).collect();
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        let mut nearest: Option<Vec<&'static str>> = None;
        for layout in Layout::ALL {
            let columns = layout.columns();
            let missing: Vec<&'static str> =
                columns.iter().map(|(_, name)| *name).filter(|name| place(name).is_none()).collect();
            if missing.is_empty() {
                let positions = columns.iter().filter_map(|(column, name)| Some((*column, place(name)?))).collect();
                return Ok(Self { layout: *layout, width: names.len(), positions });
            }
            if nearest.as_ref().is_none_or(|nearest| missing.len() < nearest.len()) {
                nearest = Some(missing);
            }
        }
        Err(nearest.unwrap_or_default())
    }

    /// Reads the values of a row.
    #[must_use]
    pub fn read<'r>(&self, values: &[&'r str]) -> RawPrice<'r> {
        let mut row = RawPrice::default();
        for (column, position) in &self.positions {
            let value = values.get(*position).copied().unwrap_or_default().trim();
            match column {
                Column::Date => row.date = value,
                Column::Country => row.country = value,
                Column::Admin1 => row.admin1 = value,
                Column::Admin2 => row.admin2 = value,
                Column::Market => row.market = value,
                Column::Latitude => row.latitude = value,
                Column::Longitude => row.longitude = value,
                Column::Commodity => row.commodity = value,
                Column::PriceType => row.price_type = value,
                Column::Unit => row.unit = value,
                Column::Flag => row.flag = value,
                Column::Currency => row.currency = value,
                Column::Price => row.price = value,
            }
        }
        if self.layout != Layout::Hdx
            && let Some((commodity, price_type)) = row.commodity.rsplit_once(" - ")
        {
            (row.commodity, row.price_type) = (commodity.trim_end(), price_type.trim_start());
        }
        row
    }

    /// Whether this is no row but the tags of the Humanitarian Exchange Language, which stand below the header of some files.
    #[must_use]
    pub fn is_tags(values: &[&str]) -> bool {
        values.first().is_some_and(|value| value.trim_start().starts_with('#'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: &str = "date,admin1,admin2,market,market_id,latitude,longitude,category,commodity,commodity_id,unit,\
                         priceflag,pricetype,currency,price,usdprice";
    const BEFORE: &str = "date,cmname,unit,category,price,currency,country,admname,adm1id,mktname,mktid,cmid,ptid,umid,\
                          catid,sn,default";
    const MONTHLY: &str = "month,region,market,lat,lon,commodity,unit,currency,price";

    fn detect(header: &str) -> Result<Header, Vec<&'static str>> {
        Header::detect(header.split(','))
    }

    #[test]
    fn each_form_is_known_by_its_header_whatever_the_case_and_order() {
        assert_eq!(detect(TODAY).unwrap().layout, Layout::Hdx);
        assert_eq!(detect(BEFORE).unwrap().layout, Layout::HdxOlder);
        assert_eq!(detect(&format!("\u{feff}{}", MONTHLY.to_uppercase())).unwrap().layout, Layout::Monthly);
        let turned: Vec<&str> = MONTHLY.split(',').rev().collect();
        assert_eq!(detect(&turned.join(",")).unwrap().layout, Layout::Monthly);
    }

    #[test]
    fn what_is_missing_is_named_after_the_nearest_form() {
        assert_eq!(detect("month,region,market,lat,lon,commodity,unit,price").unwrap_err(), ["currency"]);
        assert_eq!(detect("reference;product").unwrap_err().len(), 8);
    }

    #[test]
    fn the_price_type_stands_behind_the_goods_in_older_forms_only() {
        let monthly = detect(MONTHLY).unwrap();
        let row = monthly.read(&["2003-01", "Gao", " Gao ", "16.2", "-0.0", "Maize - Retail", "KG", "XOF", "175.0"]);
        assert_eq!((row.market, row.commodity, row.price_type, row.country), ("Gao", "Maize", "Retail", ""));
        let today = detect(TODAY).unwrap();
        let values: Vec<&str> = "2011-01-15,A,B,C,1,-4.26,15.28,x,Rice - local,165,KG,actual,Retail,XAF,635,1".split(',').collect();
        let row = today.read(&values);
        assert_eq!((row.commodity, row.price_type, row.flag), ("Rice - local", "Retail", "actual"));
    }

    #[test]
    fn tags_are_no_row() {
        assert!(Header::is_tags(&["#date", "#item+name"]));
        assert!(!Header::is_tags(&["2011-01-15", "#1 market"]));
        assert!(!Header::is_tags(&[]));
    }
}
