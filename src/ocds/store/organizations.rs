//! Those who are named in processes.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{about, of, take};
use crate::{
    accounts::OrganizationId,
    directory::model::registration::Registration,
    kernel::{Fault, db::Reader},
    ocds::model::snapshot::OrganizationPart,
};

/// Ids of one statement: both databases take as many parameters, also once they are filled up.
const AT_ONCE: usize = 8_192;

/// These organizations, whatever became of them since: who bought and sold is not forgotten.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    ids: &BTreeSet<OrganizationId>,
) -> Result<BTreeMap<OrganizationId, OrganizationPart>, Fault> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let mut found = BTreeMap::new();
    for ids in ids.chunks(AT_ONCE) {
        let select = about(
            "SELECT organization_id, scheme, raw, normalized FROM organization_registration WHERE organization_id IN ",
            ids,
            " ORDER BY organization_id, id",
        );
        let mut registrations = of(db, select, registration).await?;
        let select = about("SELECT id, kind, name, place_code, region_code FROM organization WHERE id IN ", ids, "");
        for (id, organizations) in of(db, select, organization).await? {
            let mut registrations = take(&mut registrations, id);
            registrations.retain(|registration| !registration.scheme.is_personal());
            for organization in organizations {
                let whole = OrganizationPart { registrations: registrations.clone(), ..organization };
                found.insert(OrganizationId::from_uuid(id), whole);
            }
        }
    }
    Ok(found)
}

fn organization(next: &mut Reader<'_>) -> Result<OrganizationPart, Fault> {
    Ok(OrganizationPart {
        kind: next.word("kind of an organization")?,
        name: next.get()?,
        place: next.get()?,
        region: next.get()?,
        registrations: Vec::new(),
    })
}

fn registration(next: &mut Reader<'_>) -> Result<Registration, Fault> {
    Ok(Registration { scheme: next.word("registration scheme")?, raw: next.get()?, normalized: next.get()? })
}
