//! Claims: what may be said of an organization's product on a day, because certificates say so.

use super::{
    certificate::{Certificate, CertificateStatus},
    scheme::{SchemeCover, Schemes},
};
use crate::catalog::model::taxonomy::Taxonomy;

/// What may be said of a product, and the certificate that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'c> {
    /// The scheme, by code.
    pub scheme: &'c str,
    /// The state of the certificate on the day; [`CertificateStatus::is_in_force`] says whether the claim stands.
    pub status: CertificateStatus,
    /// What it rests on.
    pub certificate: &'c Certificate,
}

/// The claims on a `product` of an organization on a day: one a scheme, from those `certificates` of all that cover the
/// organization that cover the product, too. `status` is that of a certificate on that day.
///
/// A certificate covers the products that it names and everything below them in the tree. One that names none covers what its
/// scheme is about, unless the scheme asks for products to be named. Of several certificates of a scheme the one in force
/// counts, else the one that ran out last: a buyer is told that a claim lapsed rather than nothing. What was never verified,
/// or was refused, makes no claim.
#[must_use]
pub fn claims<'c>(
    certificates: &'c [Certificate],
    schemes: &'c Schemes,
    taxonomy: &Taxonomy,
    product: &str,
    status: impl Fn(&Certificate) -> CertificateStatus,
) -> Vec<Claim<'c>> {
    let mut claims: Vec<Claim<'c>> = schemes
        .all()
        .iter()
        .filter_map(|scheme| {
            let about_the_product = is_among(&scheme.products, taxonomy, product);
            let names_are_asked_for = scheme.covers == SchemeCover::Product;
            certificates
                .iter()
                .filter(|held| held.scheme == scheme.code && about_the_product)
                .filter(|held| {
                    if held.products.is_empty() {
                        !names_are_asked_for
                    } else {
                        is_among(&held.products, taxonomy, product)
                    }
                })
                .map(|held| Claim { scheme: &scheme.code, status: status(held), certificate: held })
                .filter(|claim| was_verified(claim.status))
                .max_by_key(|claim| (claim.status.is_in_force(), claim.certificate.valid_until, claim.certificate.id))
        })
        .collect();
    // What stands before what lapsed; among equals the order of the schemes.
    claims.sort_by_key(|claim| !claim.status.is_in_force());
    claims
}

/// Whether `product` is one of `codes` or below one of them; no codes mean every product.
fn is_among(codes: &[String], taxonomy: &Taxonomy, product: &str) -> bool {
    codes.is_empty() || codes.iter().any(|code| taxonomy.lies_within(product, code))
}

fn was_verified(status: CertificateStatus) -> bool {
    match status {
        CertificateStatus::Verified
        | CertificateStatus::Suspended
        | CertificateStatus::Expired
        | CertificateStatus::Revoked => true,
        CertificateStatus::Submitted | CertificateStatus::Rejected | CertificateStatus::NotYetValid => false,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use uuid::Uuid;

    use super::*;
    use crate::certification::model::certificate::CertificateRecord;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn certificate(number: u128, scheme: &str, products: &[&str], from: &str, until: &str) -> Certificate {
        Certificate {
            id: Uuid::from_u128(number),
            scheme: scheme.into(),
            number: number.to_string(),
            issuer_name: "Ecocert".into(),
            holder: Uuid::from_u128(7),
            record: CertificateRecord::Verified,
            valid_from: day(from),
            valid_until: day(until),
            void_from: None,
            products: products.iter().map(|product| (*product).to_owned()).collect(),
            sites: Vec::new(),
            volume_limit_grams: None,
            submitted_at: chrono::DateTime::UNIX_EPOCH,
            version: 1,
        }
    }

    fn derived(certificates: &[Certificate], product: &str, on: &str) -> Vec<(String, &'static str, u128)> {
        let schemes = Schemes::embedded().expect("schemes");
        let taxonomy = Taxonomy::embedded().expect("taxonomy");
        claims(certificates, &schemes, &taxonomy, product, |held| held.status_at(day(on)))
            .into_iter()
            .map(|claim| (claim.scheme.to_owned(), claim.status.as_str(), claim.certificate.id.as_u128()))
            .collect()
    }

    #[test]
    fn a_certificate_of_a_branch_covers_what_stands_below_it() {
        let held = [certificate(1, "ORGANIC_EU", &["shea"], "2025-01-01", "2025-12-31")];

        let expected = vec![("ORGANIC_EU".to_owned(), "VERIFIED", 1)];
        assert_eq!(derived(&held, "shea-butter", "2025-06-01"), expected);
        assert_eq!(derived(&held, "mango", "2025-06-01"), []);
        assert_eq!(derived(&held, "shea-butter", "2024-12-31"), []);
    }

    #[test]
    fn a_lapsed_claim_is_told_until_another_certificate_stands() {
        let old = certificate(1, "ORGANIC_EU", &["shea"], "2024-01-01", "2024-12-31");
        let new = certificate(2, "ORGANIC_EU", &["shea-butter"], "2025-03-01", "2026-02-28");
        let held = [old, new];

        assert_eq!(derived(&held, "shea-butter", "2025-02-01"), [("ORGANIC_EU".to_owned(), "EXPIRED", 1)]);
        assert_eq!(derived(&held, "shea-butter", "2025-03-01"), [("ORGANIC_EU".to_owned(), "VERIFIED", 2)]);
        assert_eq!(derived(&held, "shea-kernel", "2025-03-01"), [("ORGANIC_EU".to_owned(), "EXPIRED", 1)]);
    }

    #[test]
    fn what_was_not_verified_claims_nothing() {
        let mut held = [certificate(1, "ORGANIC_EU", &["shea"], "2025-01-01", "2025-12-31")];
        for record in [CertificateRecord::Submitted, CertificateRecord::Rejected] {
            held[0].record = record;
            assert_eq!(derived(&held, "shea-butter", "2025-06-01"), []);
        }
        held[0].record = CertificateRecord::Suspended;
        assert_eq!(derived(&held, "shea-butter", "2025-06-01"), [("ORGANIC_EU".to_owned(), "SUSPENDED", 1)]);
    }

    #[test]
    fn a_scheme_of_products_asks_for_products_to_be_named_and_others_do_not() {
        let held = [
            certificate(1, "FAIRTRADE", &[], "2025-01-01", "2025-12-31"),
            certificate(2, "HACCP", &[], "2025-01-01", "2025-12-31"),
            certificate(3, "KARITE_GSA", &[], "2025-01-01", "2025-12-31"),
        ];

        assert_eq!(derived(&held, "mango-jam", "2025-06-01"), [("HACCP".to_owned(), "VERIFIED", 2)]);
        let of_shea = [("HACCP".to_owned(), "VERIFIED", 2), ("KARITE_GSA".to_owned(), "VERIFIED", 3)];
        assert_eq!(derived(&held, "shea-butter", "2025-06-01"), of_shea);
    }
}
