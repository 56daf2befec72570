//! Who may do what, as one table. A new action or a changed right shows here, or the test fails.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::{IpAddr, Ipv4Addr},
};

use bfw::{
    accounts::{
        Actor, Membership, MembershipId, OrganizationId, PlatformRole, Principal, RequestInfo, Role, SessionId, User,
        UserId,
        policy::{self, Action, Facts},
    },
    kernel::{ErrorCode, Failure, locale::Locale, telemetry::RequestId},
};
use uuid::Uuid;

const HERE: u128 = 1;
const ELSEWHERE: u128 = 2;

fn actor(principal: Principal) -> Actor {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    Actor { principal, request: RequestInfo { id: RequestId::new("test"), address, locale: Locale::Fr } }
}

fn person(membership: Option<(u128, Role)>, platform_roles: &[PlatformRole]) -> Actor {
    let memberships = membership.map(|(organization, role)| Membership {
        id: MembershipId::from_uuid(Uuid::from_u128(3)),
        organization: organization_id(organization),
        role,
    });
    actor(Principal::User(User {
        id: UserId::from_uuid(Uuid::from_u128(4)),
        session: SessionId::from_uuid(Uuid::from_u128(5)),
        memberships: memberships.into_iter().collect(),
        platform_roles: platform_roles.to_vec(),
    }))
}

fn organization_id(number: u128) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(number))
}

/// Everybody there is, by a name that fits a column.
fn everybody() -> Vec<(String, Actor)> {
    let mut everybody =
        vec![("nobody".to_owned(), actor(Principal::Anonymous)), ("signed in".to_owned(), person(None, &[]))];
    everybody.extend(Role::ALL.iter().map(|role| (role.as_str().to_lowercase(), person(Some((HERE, *role)), &[]))));
    everybody.push(("owner elsewhere".to_owned(), person(Some((ELSEWHERE, Role::Owner)), &[])));
    everybody.extend(PlatformRole::ALL.iter().map(|role| (role.as_str().to_lowercase(), person(None, &[*role]))));
    everybody.push(("system".to_owned(), actor(Principal::System)));
    everybody
}

fn table(facts: &Facts) -> String {
    let mut table = String::new();
    for action in Action::ALL {
        let may: Vec<String> = everybody()
            .into_iter()
            .filter(|(_, actor)| policy::allowed(actor, *action, facts))
            .map(|(name, _)| name)
            .collect();
        writeln!(table, "{:<26}{}", format!("{action:?}"), may.join(", ")).unwrap();
    }
    table
}

#[test]
fn what_concerns_an_organization_may_be_done_by() {
    insta::assert_snapshot!(table(&Facts::of(organization_id(HERE))));
}

#[test]
fn what_concerns_no_organization_may_be_done_by() {
    insta::assert_snapshot!(table(&Facts::none()));
}

#[test]
fn every_action_has_its_row_once() {
    let snapshot = include_str!("snapshots/it__policy__what_concerns_an_organization_may_be_done_by.snap");
    let body = snapshot.splitn(3, "---").nth(2).unwrap();
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        *rows.entry(line.split_whitespace().next().unwrap()).or_default() += 1;
    }
    for action in Action::ALL {
        assert_eq!(rows.remove(format!("{action:?}").as_str()), Some(1), "{action:?}");
    }
    assert!(rows.is_empty(), "rows without an action: {rows:?}");
}

#[test]
fn a_role_elsewhere_gives_nothing_here() {
    let here = Facts::of(organization_id(HERE));
    for action in Action::ALL {
        for role in Role::ALL {
            let elsewhere = policy::allowed(&person(Some((ELSEWHERE, *role)), &[]), *action, &here);
            let nowhere = policy::allowed(&person(None, &[]), *action, &here);
            assert_eq!(elsewhere, nowhere, "{role} elsewhere, {action:?}");
        }
    }
}

#[test]
fn a_refusal_says_whether_signing_in_would_help() {
    let code = |actor: &Actor| match policy::require(actor, Action::ManageMembers, &Facts::of(organization_id(HERE))) {
        Err(Failure::Rejected(errors)) => Some(errors[0].code),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
        Ok(()) => None,
    };
    assert_eq!(code(&actor(Principal::Anonymous)), Some(ErrorCode::Unauthenticated));
    assert_eq!(code(&person(None, &[PlatformRole::Admin])), Some(ErrorCode::Forbidden));
    assert_eq!(code(&person(Some((HERE, Role::Manager)), &[])), None);
}
