//! Who is named in a process, as what, and what each was under every definition of women's ownership.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    snapshot::{ContractState, OrganizationPart, Snapshot},
    values::{OWN, REGISTER, Reference, array, day, object, party_id, set},
};
use crate::{
    accounts::OrganizationId,
    directory::model::{
        organization::OrganizationKind,
        ownership::{Definition, OwnershipStatus},
        registration::RegistrationScheme,
    },
    kernel::locale::{Locale, message},
    procurement::{AwardStatus, FrozenStatus},
};

/// As what somebody is named: OCDS 1.1.5, open codelist `partyRole`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Whose money is spent.
    Buyer,
    /// Who manages the process; here the buyer.
    ProcuringEntity,
    /// Who bid, alone or with others.
    Tenderer,
    /// Who was awarded a lot or has a contract.
    Supplier,
    /// Who pays.
    Payer,
    /// Who is paid.
    Payee,
    /// Who asked something.
    Enquirer,
    /// Who was invited, or appealed.
    InterestedParty,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::ProcuringEntity => "procuringEntity",
            Self::Tenderer => "tenderer",
            Self::Supplier => "supplier",
            Self::Payer => "payer",
            Self::Payee => "payee",
            Self::Enquirer => "enquirer",
            Self::InterestedParty => "interestedParty",
        }
    }
}

/// Everybody's roles.
pub(super) type Roles = BTreeMap<OrganizationId, BTreeSet<Role>>;

/// What the last that relied on it found each organization to be.
type Latest<'a> = BTreeMap<(OrganizationId, Definition), &'a FrozenStatus>;

/// The roles of everybody who is named in a process.
pub(super) fn roles(snapshot: &Snapshot) -> Roles {
    let mut roles = Roles::new();
    let mut add = |organization: OrganizationId, role: Role| {
        roles.entry(organization).or_default().insert(role);
    };
    add(snapshot.buyer, Role::Buyer);
    add(snapshot.buyer, Role::ProcuringEntity);
    for partner in snapshot.bids.iter().flat_map(|bid| &bid.partners) {
        add(partner.organization, Role::Tenderer);
    }
    for award in &snapshot.awards {
        if matches!(award.status, AwardStatus::Pending | AwardStatus::Active) {
            let bid = snapshot.bids.iter().filter(|bid| bid.id == award.bid);
            bid.flat_map(|bid| &bid.partners).for_each(|partner| add(partner.organization, Role::Supplier));
        }
    }
    for contract in &snapshot.contracts {
        if contract.state != ContractState::Cancelled {
            contract.suppliers.iter().for_each(|(supplier, _)| add(*supplier, Role::Supplier));
        }
        for payment in &contract.payments {
            add(snapshot.buyer, Role::Payer);
            add(payment.payee, Role::Payee);
        }
    }
    for complaint in &snapshot.complaints {
        add(complaint.organization, Role::InterestedParty);
    }
    if let Some(request) = snapshot.request.as_ref().filter(|request| request.closed_at.is_some()) {
        request.invitations.iter().for_each(|(invited, _)| add(*invited, Role::InterestedParty));
        request.questions.iter().for_each(|question| add(question.organization, Role::Enquirer));
    }
    roles
}

/// Those who are named where awards and contracts are told of, whatever became of either.
pub(super) fn of_contracts(snapshot: &Snapshot) -> BTreeSet<OrganizationId> {
    let mut named = BTreeSet::from([snapshot.buyer]);
    let awarded: BTreeSet<_> = snapshot.awards.iter().map(|award| award.bid).collect();
    let bids = snapshot.bids.iter().filter(|bid| awarded.contains(&bid.id));
    named.extend(bids.flat_map(|bid| &bid.partners).map(|partner| partner.organization));
    for contract in &snapshot.contracts {
        named.insert(contract.supplier);
        named.extend(contract.suppliers.iter().map(|(supplier, _)| *supplier));
        named.extend(contract.payments.iter().map(|payment| payment.payee));
    }
    named
}

/// The parties: everybody in `roles` whom `is_named` takes.
pub(super) fn parties(
    snapshot: &Snapshot,
    reference: &Reference<'_>,
    roles: &Roles,
    is_named: impl Fn(OrganizationId) -> bool,
) -> Value {
    let latest = latest(snapshot);
    let on = snapshot.last_event.date_naive();
    let named = roles.iter().filter(|(id, _)| is_named(**id));
    array(named.filter_map(|(id, roles)| {
        let organization = snapshot.organizations.get(id)?;
        Some(party(*id, organization, roles, reference, on, &latest))
    }))
}

fn party(
    id: OrganizationId,
    organization: &OrganizationPart,
    roles: &BTreeSet<Role>,
    reference: &Reference<'_>,
    on: NaiveDate,
    latest: &Latest<'_>,
) -> Value {
    let identifier = json!({ "scheme": REGISTER, "id": id.to_string(), "legalName": organization.name });
    let mut classifications = vec![json!({ "scheme": "MLI-BFW-ORGANIZATION-KIND", "id": organization.kind.as_str() })];
    let sells = roles.iter().any(|role| match role {
        Role::Tenderer | Role::Supplier | Role::Payee => true,
        Role::Buyer | Role::ProcuringEntity | Role::Payer | Role::Enquirer | Role::InterestedParty => false,
    });
    let frozen = |definition: Definition| latest.get(&(id, definition)).copied();
    if sells || Definition::ALL.iter().any(|definition| frozen(*definition).is_some()) {
        classifications.extend(Definition::ALL.iter().map(|definition| classified(*definition, frozen(*definition))));
    }
    let scale = match organization.kind {
        OrganizationKind::Sme => "sme".into(),
        // Of the others nobody knows how large they are.
        OrganizationKind::Cooperative
        | OrganizationKind::MarketSeller
        | OrganizationKind::Company
        | OrganizationKind::PublicBody
        | OrganizationKind::Certifier
        | OrganizationKind::SupportOrganization => Value::Null,
    };
    object([
        ("id", party_id(id).into()),
        ("name", organization.name.as_str().into()),
        ("identifier", identifier),
        ("additionalIdentifiers", official_numbers(organization)),
        ("address", reference.address(&organization.place, on)),
        ("roles", roles.iter().map(|role| role.as_str()).collect()),
        ("details", object([("scale", scale), ("classifications", classifications.into())])),
        (
            OWN,
            object([
                ("placeCode", organization.place.as_str().into()),
                ("regionCode", organization.region.as_deref().into()),
            ]),
        ),
    ])
}

/// Numbers of official registers, without those that name a person.
fn official_numbers(organization: &OrganizationPart) -> Value {
    let public = organization.registrations.iter().filter(|registration| !registration.scheme.is_personal());
    array(public.map(|registration| {
        let scheme = match registration.scheme {
            RegistrationScheme::Rccm => "MLI-RCCM",
            RegistrationScheme::Rsc => "MLI-RSC",
            RegistrationScheme::Nif => "MLI-NIF",
            RegistrationScheme::Nina | RegistrationScheme::Other => "MLI-OTHER",
        };
        json!({ "scheme": scheme, "id": registration.normalized })
    }))
}

/// Somebody who is a party, where she is referred to.
pub(super) fn refer(snapshot: &Snapshot, id: OrganizationId) -> Value {
    let name = snapshot.organizations.get(&id).map_or(Value::Null, |known| known.name.as_str().into());
    object([("id", party_id(id).into()), ("name", name)])
}

/// Of each organization what the bid, the award or the order that relied on it last found.
fn latest(snapshot: &Snapshot) -> Latest<'_> {
    let bids = snapshot.bids.iter().map(|bid| bid.id.uuid());
    let awards = snapshot.awards.iter().map(|award| award.id.uuid());
    let contracts = snapshot.contracts.iter().map(|contract| contract.id.uuid());
    let mut latest = Latest::new();
    for status in bids.chain(awards).chain(contracts).filter_map(|subject| snapshot.statuses.get(&subject)).flatten() {
        let known = latest.entry((status.organization, status.definition)).or_insert(status);
        if known.assessed_on <= status.assessed_on {
            *known = status;
        }
    }
    latest
}

/// What an organization is under a definition, as a classification of it: `UNKNOWN` is said, never left out.
fn classified(definition: Definition, frozen: Option<&FrozenStatus>) -> Value {
    let status = frozen.map_or(OwnershipStatus::Unknown, |frozen| frozen.status);
    let description = message(Locale::En, definition.name_key(), []);
    let mut classification =
        json!({ "scheme": womens_scheme(definition), "id": status.as_str(), "description": description });
    set(&mut classification, OWN, frozen.map_or(Value::Null, evidence));
    classification
}

/// The scheme of a definition of women's ownership.
pub(super) fn womens_scheme(definition: Definition) -> String {
    format!("MLI-WOMEN-{}", definition.as_str())
}

/// How well a status was supported, and for which day.
fn evidence(frozen: &FrozenStatus) -> Value {
    object([
        ("evidenceLevel", frozen.level.map_or(Value::Null, |level| level.as_str().into())),
        ("evidenceUntil", frozen.evidence_until.map_or(Value::Null, day)),
        ("assessedOn", day(frozen.assessed_on)),
    ])
}

/// What organizations were, under every definition, where `subject` relied on it; what was not assessed is unknown.
pub(super) fn womens_status(
    snapshot: &Snapshot,
    subject: Uuid,
    organizations: impl IntoIterator<Item = OrganizationId>,
) -> Value {
    let frozen = snapshot.statuses.get(&subject).map(Vec::as_slice).unwrap_or_default();
    let mut said = Vec::new();
    for organization in organizations {
        let party = party_id(organization);
        for definition in Definition::ALL {
            let of = |one: &&FrozenStatus| one.organization == organization && one.definition == *definition;
            let found = frozen.iter().find(of);
            let status = found.map_or(OwnershipStatus::Unknown, |found| found.status);
            let mut one = json!({
                "id": format!("{party}/{}", definition.as_str()),
                "party": party,
                "definition": definition.as_str(),
                "status": status.as_str(),
            });
            if let (Some(into), Some(Value::Object(evidence))) = (one.as_object_mut(), found.map(evidence)) {
                into.extend(evidence);
            }
            said.push(one);
        }
    }
    array(said)
}

/// Suppliers with their shares, those who lead first.
pub(super) fn shares(shares: impl IntoIterator<Item = (OrganizationId, i64, bool)>) -> Value {
    array(shares.into_iter().map(|(organization, share, leads)| {
        json!({ "id": party_id(organization), "share": super::values::percent(share), "leads": leads })
    }))
}
