//! Certificates that may not stand side by side.

use super::{
    certificate::{Certificate, CertificateRecord},
    scheme::{Scheme, SchemeCover},
};
use crate::catalog::model::taxonomy::Taxonomy;

/// The certificate that keeps `new` from being found genuine, if there is one among those that its holder has.
///
/// Where a scheme allows one certifier at a time, nobody holds certificates of two for the same products on the same days:
/// Regulation (EU) 2018/848, article 35 (4). A certifier that renews its own may begin before the old one ends.
#[must_use]
pub fn conflicting<'c>(
    scheme: &Scheme,
    taxonomy: &Taxonomy,
    new: &Certificate,
    held: &'c [Certificate],
) -> Option<&'c Certificate> {
    if !scheme.one_certifier {
        return None;
    }
    held.iter().find(|other| {
        other.id != new.id
            && other.scheme == new.scheme
            && other.issuer_name != new.issuer_name
            && stands(other.record)
            && in_force(other).overlaps(&in_force(new))
            && share_products(scheme, taxonomy, other, new)
    })
}

/// The days of a certificate, up to a revocation.
fn in_force(certificate: &Certificate) -> crate::kernel::reference::Validity {
    let mut days = certificate.validity();
    let last = certificate.void_from.filter(|_| certificate.record == CertificateRecord::Revoked);
    if let Some(last) = last.and_then(|void_from| void_from.pred_opt()) {
        days.to = days.to.map(|until| until.min(last));
    }
    days
}

fn stands(record: CertificateRecord) -> bool {
    match record {
        // What is suspended may come back.
        CertificateRecord::Verified | CertificateRecord::Suspended | CertificateRecord::Revoked => true,
        CertificateRecord::Submitted | CertificateRecord::Rejected => false,
    }
}

fn share_products(scheme: &Scheme, taxonomy: &Taxonomy, one: &Certificate, other: &Certificate) -> bool {
    let names_all =
        |certificate: &Certificate| certificate.products.is_empty() && scheme.covers != SchemeCover::Product;
    if names_all(one) || names_all(other) {
        return true;
    }
    one.products.iter().any(|product| {
        other.products.iter().any(|code| taxonomy.lies_within(product, code) || taxonomy.lies_within(code, product))
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::certification::model::scheme::Schemes;

    fn certificate(number: u128, issuer: &str, product: &str, from: &str, until: &str) -> Certificate {
        Certificate {
            id: Uuid::from_u128(number),
            scheme: "ORGANIC_EU".into(),
            number: number.to_string(),
            issuer_name: issuer.into(),
            holder: Uuid::nil(),
            record: CertificateRecord::Verified,
            valid_from: from.parse().unwrap(),
            valid_until: until.parse().unwrap(),
            void_from: None,
            products: vec![product.into()],
            sites: Vec::new(),
            volume_limit_grams: None,
            submitted_at: chrono::DateTime::UNIX_EPOCH,
            version: 1,
        }
    }

    fn conflict(new: &Certificate, held: &[Certificate]) -> Option<u128> {
        let (schemes, taxonomy) = (Schemes::embedded().unwrap(), Taxonomy::embedded().unwrap());
        let scheme = schemes.scheme(&new.scheme).unwrap();
        conflicting(scheme, &taxonomy, new, held).map(|certificate| certificate.id.as_u128())
    }

    #[test]
    fn two_certifiers_do_not_certify_the_same_products_on_the_same_days() {
        let held = [certificate(1, "Ecocert", "shea", "2025-01-01", "2025-12-31")];

        assert_eq!(conflict(&certificate(2, "CERES", "shea-butter", "2025-12-31", "2026-12-30"), &held), Some(1));
        assert_eq!(conflict(&certificate(2, "CERES", "shea-butter", "2026-01-01", "2026-12-31"), &held), None);
        assert_eq!(conflict(&certificate(2, "CERES", "mango", "2025-06-01", "2026-05-31"), &held), None);
        assert_eq!(conflict(&certificate(2, "Ecocert", "shea", "2025-06-01", "2026-05-31"), &held), None, "renewed");
        let of_another = Certificate { scheme: "FAIRTRADE".into(), ..held[0].clone() };
        assert_eq!(conflict(&Certificate { issuer_name: "x".into(), ..of_another.clone() }, &[of_another]), None);
    }

    #[test]
    fn what_was_revoked_is_in_nobodys_way_from_then_on() {
        let revoked = Certificate {
            record: CertificateRecord::Revoked,
            void_from: Some("2025-06-01".parse().unwrap()),
            ..certificate(1, "Ecocert", "shea", "2025-01-01", "2025-12-31")
        };
        let held = [revoked];

        assert_eq!(conflict(&certificate(2, "CERES", "shea", "2025-06-01", "2026-05-31"), &held), None);
        assert_eq!(conflict(&certificate(2, "CERES", "shea", "2025-05-31", "2026-05-31"), &held), Some(1));
    }
}
