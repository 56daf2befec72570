//! Many rows at once.

mod purchases;

use entity::{
    certificate, certificate_decision, certificate_organization, listing, organization, ownership_assessment,
    ownership_declaration, user_account,
};
use sea_orm::{EntityTrait, Set, sea_query::OnConflict};
use serde_json::json;
use uuid::Uuid;

pub(super) use self::purchases::{Purchases, Purchasing, insert as insert_purchases};
use super::market::{Declarant, MadeListing, MadeOrganization};
use crate::{
    directory::model::ownership::Percent,
    kernel::{
        db::{DbErr, WriteTx},
        locale::Locale,
        text::fold,
    },
};

/// A well-formed hash that no password is known to have: its output was never computed.
const NO_PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2VlZCBhY2NvdW50IG9mIGJmdw$bm9ib2R5IGhhcyBjaG9zZW4gdGhpcyBwYXNzd29yZC4";

/// Writes rows of one table and gives their number; what is there already stays.
macro_rules! insert {
    ($tx:expr, $table:ident, $rows:expr) => {{
        let rows: Vec<$table::ActiveModel> = $rows.collect();
        if rows.is_empty() {
            0
        } else {
            let keep = OnConflict::new().do_nothing().to_owned();
            $table::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(&**$tx).await?
        }
    }};
}

/// Writes the account in whose name everything was declared. Nobody can sign in to it.
pub(super) async fn insert_declarant(tx: &WriteTx, declarant: &Declarant) -> Result<(), DbErr> {
    let row = user_account::ActiveModel {
        id: Set(declarant.id),
        name: Set(declarant.name.clone()),
        phone: Set(None),
        email: Set(Some(declarant.email.clone())),
        language: Set(Locale::Fr.code().to_owned()),
        password_hash: Set(NO_PASSWORD.to_owned()),
        status: Set("BLOCKED".to_owned()),
        version: Set(1),
        created_at: Set(declarant.at),
        updated_at: Set(declarant.at),
        erased_at: Set(None),
    };
    insert!(tx, user_account, std::iter::once(row));
    Ok(())
}

/// Writes organizations with what they declared, what follows from it, and their certificates; gives the number of
/// organizations.
pub(super) async fn insert_organizations(tx: &WriteTx, made: &[MadeOrganization], by: Uuid) -> Result<u64, DbErr> {
    let written = insert!(tx, organization, made.iter().map(organization_row));
    insert!(tx, ownership_declaration, made.iter().filter_map(|one| declaration_row(one, by)));
    insert!(tx, ownership_assessment, made.iter().flat_map(assessment_rows));
    insert!(tx, certificate, made.iter().filter_map(certificate_row));
    insert!(tx, certificate_organization, made.iter().filter_map(covered_row));
    insert!(tx, certificate_decision, made.iter().filter_map(decision_row));
    Ok(written)
}

/// Writes listings and gives their number.
pub(super) async fn insert_listings(tx: &WriteTx, made: &[MadeListing]) -> Result<u64, DbErr> {
    Ok(insert!(tx, listing, made.iter().map(listing_row)))
}

fn organization_row(made: &MadeOrganization) -> organization::ActiveModel {
    organization::ActiveModel {
        id: Set(made.id),
        kind: Set(made.kind.as_str().to_owned()),
        legal_form: Set(made.legal_form.map(|form| form.as_str().to_owned())),
        name: Set(made.name.clone()),
        name_folded: Set(fold(&made.name)),
        descriptions: Set(json!({ "fr": made.description })),
        language: Set(Locale::Fr.code().to_owned()),
        place_code: Set(made.place.clone()),
        region_code: Set(made.region.clone()),
        cercle_code: Set(made.cercle.clone()),
        latitude: Set(made.location.map(|point| point.latitude)),
        longitude: Set(made.location.map(|point| point.longitude)),
        phone: Set(None),
        email: Set(None),
        languages: Set(json!(["fr", "bm"])),
        market_name: Set(None),
        stall: Set(None),
        standing: Set("GOOD".to_owned()),
        version: Set(1),
        created_at: Set(made.at),
        updated_at: Set(made.at),
    }
}

fn declaration_row(made: &MadeOrganization, by: Uuid) -> Option<ownership_declaration::ActiveModel> {
    let declared = made.declared.as_ref()?;
    let facts = &declared.facts;
    let thousandths = |share: Option<Percent>| share.map(Percent::thousandths);
    Some(ownership_declaration::ActiveModel {
        id: Set(declared.id),
        organization_id: Set(made.id),
        sequence: Set(1),
        women_owned_percent: Set(thousandths(facts.women_owned_percent)),
        women_board_percent: Set(thousandths(facts.women_board_percent)),
        women_management_percent: Set(thousandths(facts.women_management_percent)),
        women_members: Set(facts.women_members),
        total_members: Set(facts.total_members),
        young_women_members: Set(facts.young_women_members),
        women_employees: Set(facts.women_employees),
        total_employees: Set(facts.total_employees),
        woman_signatory: Set(facts.woman_signatory),
        operated_independently: Set(facts.operated_independently),
        woman_chief_executive: Set(facts.woman_chief_executive),
        has_board: Set(facts.has_board),
        declared_by: Set(by),
        declared_at: Set(made.at),
    })
}

/// What is UNKNOWN has no row, as the directory keeps it.
fn assessment_rows(made: &MadeOrganization) -> impl Iterator<Item = ownership_assessment::ActiveModel> {
    made.declared.iter().flat_map(|declared| &declared.assessments).filter_map(|held| {
        let (level, version) = held.evidence_level.zip(held.rules_version.clone())?;
        Some(ownership_assessment::ActiveModel {
            organization_id: Set(made.id),
            definition: Set(held.definition.as_str().to_owned()),
            status: Set(held.status.as_str().to_owned()),
            evidence_level: Set(level.as_str().to_owned()),
            rules_version: Set(version),
            assessed_on: Set(held.as_of),
        })
    })
}

fn certificate_row(made: &MadeOrganization) -> Option<certificate::ActiveModel> {
    let held = made.certificate.as_ref()?;
    Some(certificate::ActiveModel {
        id: Set(held.id),
        scheme_code: Set(held.scheme.to_owned()),
        number: Set(held.number.clone()),
        issuer_name: Set(held.issuer.to_owned()),
        organization_id: Set(made.id),
        status: Set("VERIFIED".to_owned()),
        valid_from: Set(held.from),
        valid_until: Set(held.until),
        void_from: Set(None),
        product_codes: Set(json!([held.product])),
        site_names: Set(json!([])),
        volume_limit_grams: Set(None),
        submitted_by: Set(None),
        claimed_by: Set(None),
        claimed_until: Set(None),
        created_at: Set(made.at),
        updated_at: Set(made.at),
        version: Set(1),
    })
}

fn covered_row(made: &MadeOrganization) -> Option<certificate_organization::ActiveModel> {
    let held = made.certificate.as_ref()?;
    Some(certificate_organization::ActiveModel { organization_id: Set(made.id), certificate_id: Set(held.id) })
}

fn decision_row(made: &MadeOrganization) -> Option<certificate_decision::ActiveModel> {
    let held = made.certificate.as_ref()?;
    Some(certificate_decision::ActiveModel {
        certificate_id: Set(held.id),
        sequence: Set(1),
        status: Set("VERIFIED".to_owned()),
        effective_from: Set(None),
        reason: Set(None),
        decided_by: Set(None),
        decided_at: Set(made.at),
    })
}

fn listing_row(made: &MadeListing) -> listing::ActiveModel {
    listing::ActiveModel {
        id: Set(made.id),
        organization_id: Set(made.organization),
        product_code: Set(made.product.clone()),
        title: Set(made.title.clone()),
        title_folded: Set(fold(&made.title)),
        description: Set(Some(made.description.clone())),
        language: Set(made.language.code().to_owned()),
        price_minor: Set(Some(made.price_minor)),
        price_currency: Set(Some("XOF".to_owned())),
        price_unit: Set(Some(made.price_unit.clone())),
        price_per_kilogram: Set(made.price_per_kilogram),
        quantity: Set(Some(made.quantity)),
        quantity_unit: Set(Some(made.quantity_unit.clone())),
        quantity_grams: Set(made.quantity_grams),
        reserved: Set(0),
        minimum_order: Set(None),
        grade: Set(made.grade.map(str::to_owned)),
        measurements: Set(json!([])),
        season: Set(made.season.clone()),
        available_from: Set(None),
        available_until: Set(None),
        place_code: Set(Some(made.place.clone())),
        region_code: Set(made.region.clone()),
        cercle_code: Set(made.cercle.clone()),
        delivery_terms: Set(None),
        status: Set(made.status.to_owned()),
        reference: Set(None),
        reference_digest: Set(None),
        version: Set(1),
        created_at: Set(made.at),
        updated_at: Set(made.at),
        published_at: Set((made.status != "DRAFT").then_some(made.at)),
    }
}
