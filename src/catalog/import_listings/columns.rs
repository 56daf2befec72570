//! The columns of a file of listings, and the names they go by in French and English.

use crate::kernel::text::fold;

/// A column that the import understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Column {
    /// The seller's own number of the listing; what makes a second import a change and not a copy.
    Reference,
    /// The product's code or name. Needed.
    Product,
    /// The title. Needed.
    Title,
    /// The description.
    Description,
    /// `fr`, `en` or `bm`; the importer's own language where empty.
    Language,
    /// The price of one unit.
    Price,
    /// The currency; XOF where empty.
    Currency,
    /// The unit of the price; the quantity's where empty.
    PriceUnit,
    /// The quantity.
    Quantity,
    /// The unit of the quantity; the product's usual one where empty.
    Unit,
    /// The least order, in the quantity's unit.
    MinimumOrder,
    /// The grade.
    Grade,
    /// Measurements, as `moisture=0.05 | peroxide=8`.
    Measurements,
    /// The season.
    Season,
    /// First day, as `2026-11-23` or `23/11/2026`.
    AvailableFrom,
    /// Last day.
    AvailableUntil,
    /// The place's code, number or name.
    Place,
    /// Who brings it where.
    DeliveryTerms,
    /// What was wrong with the row last time; written into rejects, and skipped when read.
    Error,
}

impl Column {
    /// Every column, in the order in which they are documented.
    pub(super) const ALL: [Self; 19] = [
        Self::Reference,
        Self::Product,
        Self::Title,
        Self::Description,
        Self::Language,
        Self::Price,
        Self::Currency,
        Self::PriceUnit,
        Self::Quantity,
        Self::Unit,
        Self::MinimumOrder,
        Self::Grade,
        Self::Measurements,
        Self::Season,
        Self::AvailableFrom,
        Self::AvailableUntil,
        Self::Place,
        Self::DeliveryTerms,
        Self::Error,
    ];

    /// The names that a header may use, the English one first, folded and with spaces for underscores.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Reference => &["reference", "ref", "numero"],
            Self::Product => &["product", "produit", "product code", "code produit"],
            Self::Title => &["title", "titre"],
            Self::Description => &["description"],
            Self::Language => &["language", "langue"],
            Self::Price => &["price", "prix"],
            Self::Currency => &["currency", "monnaie", "devise"],
            Self::PriceUnit => &["price unit", "unite du prix", "unite prix", "prix par"],
            Self::Quantity => &["quantity", "quantite"],
            Self::Unit => &["unit", "unite", "quantity unit", "unite de quantite"],
            Self::MinimumOrder => &["minimum order", "commande minimum", "commande minimale", "minimum"],
            Self::Grade => &["grade", "qualite", "categorie"],
            Self::Measurements => &["measurements", "mesures", "analyses"],
            Self::Season => &["season", "saison", "campagne"],
            Self::AvailableFrom => &["available from", "disponible du", "disponible des", "disponible a partir du"],
            Self::AvailableUntil => &["available until", "disponible jusqu au", "disponible au"],
            Self::Place => &["place", "lieu", "place code", "code lieu"],
            Self::DeliveryTerms => &["delivery terms", "livraison", "conditions de livraison"],
            Self::Error => &["error", "erreur"],
        }
    }

    /// The English name, as it is documented.
    pub(super) fn name(self) -> String {
        self.names()[0].replace(' ', "_")
    }

    /// The column that a header names, whatever its case and accents.
    pub(super) fn named(header: &str) -> Option<Self> {
        let folded = fold(&header.replace('_', " "));
        Self::ALL.into_iter().find(|column| column.names().contains(&folded.as_str()))
    }

    /// The column that an error of the offer's check is about, by the path of its field.
    pub(super) fn of_path(path: &[String]) -> Option<Self> {
        let second = path.get(1).map(String::as_str);
        Some(match (path.first()?.as_str(), second) {
            ("productCode", _) => Self::Product,
            ("title", _) => Self::Title,
            ("description", _) => Self::Description,
            ("price", Some("currency")) => Self::Currency,
            ("price", _) => Self::Price,
            ("priceUnit", _) => Self::PriceUnit,
            ("quantity", Some("unit")) => Self::Unit,
            ("quantity", _) => Self::Quantity,
            ("minimumOrder", _) => Self::MinimumOrder,
            ("grade", _) => Self::Grade,
            ("measurements", _) => Self::Measurements,
            ("season", _) => Self::Season,
            ("availableFrom", _) => Self::AvailableFrom,
            ("availableUntil", _) => Self::AvailableUntil,
            ("placeCode", _) => Self::Place,
            ("deliveryTerms", _) => Self::DeliveryTerms,
            ("reference", _) => Self::Reference,
            ("language", _) => Self::Language,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_understood_in_french_and_in_english() {
        for (header, column) in [
            ("Référence", Column::Reference),
            ("product_code", Column::Product),
            ("Unité du prix", Column::PriceUnit),
            (" QUANTITÉ ", Column::Quantity),
            ("Disponible jusqu’au", Column::AvailableUntil),
            ("available_until", Column::AvailableUntil),
            ("Conditions de livraison", Column::DeliveryTerms),
        ] {
            assert_eq!(Column::named(header), Some(column), "{header}");
        }
        assert_eq!(Column::named("colour"), None);
    }

    #[test]
    fn no_name_means_two_columns() {
        let mut names: Vec<&str> = Column::ALL.iter().flat_map(|column| column.names()).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for name in names {
            assert_eq!(fold(name), name, "names are compared folded");
        }
    }
}
