//! Wordings of contracts and the signatures under them: appended, never edited.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    contracts::model::{
        ids::ContractId,
        wording::{Signature, Version},
    },
    kernel::{
        Fault,
        db::{DbErr, Reader, Sql, WriteTx, sql},
    },
};

/// Appends a wording.
pub(in crate::contracts) async fn insert(
    tx: &WriteTx,
    version: &Version,
    proposed_by: Option<UserId>,
) -> Result<(), Fault> {
    let terms = serde_json::to_value(&version.wording).map_err(|error| Fault::Internal(error.to_string()))?;
    let insert = "INSERT INTO contract_version (contract_id, version, terms, rationale, proposed_for, proposed_by, proposed_at) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        version.contract.uuid().into(),
        version.version.into(),
        terms.into(),
        version.rationale.clone().into(),
        version.proposed_for.map(OrganizationId::uuid).into(),
        proposed_by.map(UserId::uuid).into(),
        version.proposed_at.into(),
    ];
    sql(insert, values).run(&**tx).await?;
    Ok(())
}

/// Appends a signature; false where the party had signed the wording before.
pub(in crate::contracts) async fn sign(tx: &WriteTx, signature: &Signature) -> Result<bool, DbErr> {
    let insert = "INSERT INTO contract_signature (contract_id, version, organization_id, signed_by, signed_at) \
                  VALUES ($1, $2, $3, $4, $5) ON CONFLICT (contract_id, version, organization_id) DO NOTHING";
    let values = [
        signature.contract.uuid().into(),
        signature.version.into(),
        signature.organization.uuid().into(),
        signature.signed_by.into(),
        signature.signed_at.into(),
    ];
    Ok(sql(insert, values).run(&**tx).await? > 0)
}

/// Every wording of contracts, the first one first.
pub(in crate::contracts) async fn of_contracts(
    db: &impl ConnectionTrait,
    contracts: &[ContractId],
) -> Result<HashMap<ContractId, Vec<Version>>, Fault> {
    let mut select = Sql::new(
        "SELECT contract_id, version, terms, rationale, proposed_for, proposed_at FROM contract_version \
         WHERE contract_id IN ",
    );
    select.bind_list(contracts.iter().map(|id| id.uuid())).push(" ORDER BY contract_id, version");
    let mut found: HashMap<ContractId, Vec<Version>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let version = Version {
            contract: ContractId::from_uuid(next.get()?),
            version: next.get()?,
            wording: next.json()?,
            rationale: next.get()?,
            proposed_for: next.get::<Option<Uuid>>()?.map(OrganizationId::from_uuid),
            proposed_at: next.get()?,
        };
        found.entry(version.contract).or_default().push(version);
    }
    Ok(found)
}

/// Every signature under wordings of contracts, in the order of the wordings and then of time.
pub(in crate::contracts) async fn signatures(
    db: &impl ConnectionTrait,
    contracts: &[ContractId],
) -> Result<HashMap<ContractId, Vec<Signature>>, Fault> {
    let mut select = Sql::new(
        "SELECT contract_id, version, organization_id, signed_by, signed_at FROM contract_signature WHERE contract_id IN ",
    );
    select.bind_list(contracts.iter().map(|id| id.uuid()));
    select.push(" ORDER BY contract_id, version, signed_at, organization_id");
    let mut found: HashMap<ContractId, Vec<Signature>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let signature = Signature {
            contract: ContractId::from_uuid(next.get()?),
            version: next.get()?,
            organization: OrganizationId::from_uuid(next.get()?),
            signed_by: next.get()?,
            signed_at: next.get()?,
        };
        found.entry(signature.contract).or_default().push(signature);
    }
    Ok(found)
}
