//! Members change roles and leave; an organization keeps an owner.

use bfw::{
    accounts::{Actor, ChangeMemberRole, MembershipId, RemoveMember, Role},
    kernel::{ErrorCode, Outcome, page::PageArgs},
};
use db_test::db_test;
use uuid::Uuid;

use super::room::{Room, blamed, codes, nobody};

fn change(membership: MembershipId, role: Role) -> ChangeMemberRole {
    ChangeMemberRole { membership, role, expected_version: None, idempotency_key: None }
}

fn remove(membership: MembershipId) -> RemoveMember {
    RemoveMember { membership, expected_version: None, idempotency_key: None }
}

#[db_test]
async fn a_role_changes_with_its_version_and_its_record(room: Room) {
    let (organization, owner) = room.organization("76000001").await;
    let (_, membership) = room.member(&owner, organization, "76000002", Role::Agent).await;
    let expecting = |version| ChangeMemberRole { expected_version: Some(version), ..change(membership, Role::Manager) };

    let changed = room.accounts.change_member_role(&owner, expecting(1)).await.unwrap();
    assert_eq!((changed.role, changed.version), (Role::Manager, 2));
    let late = room.accounts.change_member_role(&owner, expecting(1)).await;
    assert_eq!(blamed(late), [(ErrorCode::VersionConflict, "input.expectedVersion".into())]);
    let same = room.accounts.change_member_role(&owner, expecting(2)).await.unwrap();
    assert_eq!(same.version, 2, "the same role is no change");

    let entries = room.audited(membership.uuid()).await;
    assert_eq!(
        entries.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(),
        ["membership.change_role", "membership.begin"]
    );
    assert_eq!(entries[0].before.as_ref().unwrap()["role"], "AGENT");
    assert_eq!(entries[0].after.as_ref().unwrap()["role"], "MANAGER");
    assert_eq!(entries[0].actor_user, owner.user_id().map(|id| id.uuid()));
    assert_eq!(entries[0].on_behalf_of, Some(organization.uuid()));
}

#[db_test]
async fn a_repeated_change_under_a_key_is_done_once(room: Room) {
    let (organization, owner) = room.organization("76000001").await;
    let (_, membership) = room.member(&owner, organization, "76000002", Role::Agent).await;
    let keyed = |role| ChangeMemberRole { idempotency_key: Some("k".into()), ..change(membership, role) };
    let first = room.accounts.change_member_role(&owner, keyed(Role::Manager)).await.unwrap();
    let second = room.accounts.change_member_role(&owner, keyed(Role::Manager)).await.unwrap();
    assert_eq!((first.version, second.version), (2, 2));
    assert_eq!(
        codes(room.accounts.change_member_role(&owner, keyed(Role::Viewer)).await),
        [ErrorCode::IdempotencyConflict]
    );

    let keyed = || RemoveMember { idempotency_key: Some("r".into()), ..remove(membership) };
    assert_eq!(room.accounts.remove_member(&owner, keyed()).await.unwrap(), membership);
    assert_eq!(room.accounts.remove_member(&owner, keyed()).await.unwrap(), membership);
    assert_eq!(codes(room.accounts.remove_member(&owner, remove(membership)).await), [ErrorCode::NotFound]);
}

#[db_test]
async fn managers_manage_members_and_only_owners_owners(room: Room) {
    let (organization, owner) = room.organization("76000001").await;
    let own = room.membership_of(&owner, organization);
    let (manager, managing) = room.member(&owner, organization, "76000002", Role::Manager).await;
    let (agent, working) = room.member(&owner, organization, "76000003", Role::Agent).await;
    let by =
        async |actor: &Actor, membership, role| room.accounts.change_member_role(actor, change(membership, role)).await;

    assert!(by(&manager, working, Role::Viewer).await.is_ok());
    assert_eq!(codes(by(&manager, managing, Role::Owner).await), [ErrorCode::Forbidden], "nobody raises herself");
    assert_eq!(codes(by(&manager, own, Role::Viewer).await), [ErrorCode::Forbidden]);
    assert_eq!(codes(room.accounts.remove_member(&manager, remove(own)).await), [ErrorCode::Forbidden]);
    assert_eq!(codes(by(&agent, managing, Role::Viewer).await), [ErrorCode::Forbidden]);
    assert!(by(&owner, managing, Role::Owner).await.is_ok());
}

#[db_test]
async fn a_membership_elsewhere_is_not_there(room: Room) {
    let (organization, owner) = room.organization("76000001").await;
    let (_, stranger) = room.organization("76000002").await;
    let own = room.membership_of(&owner, organization);
    let absent = MembershipId::from_uuid(Uuid::from_u128(7));
    for membership in [own, absent] {
        let changed = room.accounts.change_member_role(&stranger, change(membership, Role::Viewer)).await;
        assert_eq!(blamed(changed), [(ErrorCode::NotFound, "input.membershipId".into())]);
        assert_eq!(codes(room.accounts.remove_member(&stranger, remove(membership)).await), [ErrorCode::NotFound]);
        assert_eq!(
            codes(room.accounts.remove_member(&nobody(), remove(membership)).await),
            [ErrorCode::Unauthenticated]
        );
    }
    assert!(room.accounts.find_memberships(&stranger, &[own]).await.unwrap().is_empty());
    assert_eq!(room.accounts.find_memberships(&owner, &[own, absent]).await.unwrap().len(), 1);
}

#[db_test]
async fn people_are_seen_by_themselves_and_by_those_they_work_with(room: Room) {
    let (organization, owner) = room.organization("76000001").await;
    let (agent, _) = room.member(&owner, organization, "76000002", Role::Agent).await;
    let stranger = room.person("76000003").await;
    let id = agent.user_id().unwrap();
    for (actor, sees) in [(&agent, true), (&owner, true), (&stranger, false), (&nobody(), false)] {
        assert_eq!(room.accounts.find_users(actor, &[id]).await.unwrap().contains_key(&id), sees);
    }
}

#[db_test]
async fn anybody_may_leave_but_the_last_owner(room: Room) {
    let (organization, owner) = room.organization("76000001").await;
    let own = room.membership_of(&owner, organization);
    let (agent, working) = room.member(&owner, organization, "76000002", Role::Agent).await;

    assert_eq!(room.accounts.remove_member(&agent, remove(working)).await.unwrap(), working);
    assert_eq!(room.again(&agent, "76000002").await.role_in(organization), None);
    for refused in [
        room.accounts.remove_member(&owner, remove(own)).await.map(|_| ()),
        room.accounts.change_member_role(&owner, change(own, Role::Manager)).await.map(|_| ()),
    ] {
        assert_eq!(blamed(refused), [(ErrorCode::LastOwner, "input.membershipId".into())]);
    }
    let (second, _) = room.member(&owner, organization, "76000003", Role::Owner).await;
    assert_eq!(room.accounts.remove_member(&owner, remove(own)).await.unwrap(), own);
    assert_eq!(room.again(&second, "76000003").await.role_in(organization), Some(Role::Owner));
}

/// Two owners who both act at the same moment, each on a membership of an owner.
async fn race(
    room: &Room,
    acts: [(Actor, MembershipId); 2],
    act: impl AsyncFn(Room, Actor, MembershipId) -> Outcome<()> + Copy,
) -> Vec<Outcome<()>> {
    let [(first, one), (second, two)] = acts;
    let (one, two) = futures_util::future::join(act(room.clone(), first, one), act(room.clone(), second, two)).await;
    vec![one, two]
}

async fn owners(room: &Room, actor: &Actor, organization: bfw::accounts::OrganizationId) -> usize {
    let (members, _) = room.members(actor, organization, &PageArgs::default()).await.unwrap();
    members.rows.iter().filter(|member| member.role == Role::Owner).count()
}

#[db_test]
async fn of_two_owners_who_leave_at_the_same_time_one_stays(room: Room) {
    for round in 0..4 {
        // given
        let (first_phone, second_phone) = (format!("7600{round}001"), format!("7600{round}002"));
        let (organization, first) = room.organization(&first_phone).await;
        let (second, theirs) = room.member(&first, organization, &second_phone, Role::Owner).await;
        let own = room.membership_of(&first, organization);

        // when
        let acts = [(first.clone(), own), (second.clone(), theirs)];
        let outcomes = race(&room, acts, async |room, actor, membership| {
            room.accounts.remove_member(&actor, remove(membership)).await.map(drop)
        })
        .await;

        // then
        let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!((done.len(), refused.len()), (1, 1));
        assert_eq!(codes(refused.into_iter().next().unwrap()), [ErrorCode::LastOwner]);
        assert_eq!(owners(&room, &first, organization).await, 1);
    }
}

#[db_test]
async fn of_two_owners_who_unmake_each_other_at_the_same_time_one_stays(room: Room) {
    let (organization, first) = room.organization("76000001").await;
    let (second, theirs) = room.member(&first, organization, "76000002", Role::Owner).await;
    let own = room.membership_of(&first, organization);
    let outcomes = race(&room, [(first.clone(), theirs), (second, own)], async |room, actor, membership| {
        room.accounts.change_member_role(&actor, change(membership, Role::Viewer)).await.map(drop)
    })
    .await;
    let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 1));
    assert_eq!(codes(refused.into_iter().next().unwrap()), [ErrorCode::Forbidden], "she was unmade first");
    assert_eq!(owners(&room, &first, organization).await, 1);
}
