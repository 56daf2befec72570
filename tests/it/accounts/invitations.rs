//! Organizations take people in.

use bfw::{
    accounts::{
        AcceptInvitation, Actor, ChangeMemberRole, InvitationStatus, InviteMember, Invited, OrganizationId,
        RemoveMember, RevokeInvitation, Role,
    },
    kernel::{ErrorCode, Outcome, page::PageArgs},
};
use chrono::TimeDelta;
use db_test::db_test;
use uuid::Uuid;

use super::room::{ATTEMPTS_PER_ADDRESS, Room, blamed, codes, nobody};

fn invite(organization: OrganizationId, identifier: &str, role: Role) -> InviteMember {
    InviteMember { organization, identifier: identifier.into(), role, idempotency_key: None }
}

async fn accept(room: &Room, actor: &Actor, code: &str) -> Outcome<bfw::accounts::MembershipRecord> {
    room.accounts.accept_invitation(actor, AcceptInvitation { code: code.into(), idempotency_key: None }).await
}

fn code(invited: &Invited) -> String {
    invited.code.as_ref().unwrap().reveal()
}

#[db_test]
async fn whoever_was_invited_becomes_a_member_with_the_code(room: Room) {
    // given
    let (organization, owner) = room.organization("76000001").await;
    let agent = room.person("76000002").await;

    // when
    let invited = room.accounts.invite_member(&owner, invite(organization, "76 00 00 02", Role::Agent)).await.unwrap();
    let spelled = code(&invited).to_lowercase().replace('-', " ");
    let membership = accept(&room, &agent, &spelled).await.unwrap();

    // then
    assert_eq!((membership.organization, membership.role, membership.version), (organization, Role::Agent, 1));
    let agent = room.again(&agent, "76000002").await;
    assert_eq!(agent.role_in(organization), Some(Role::Agent));
    assert_eq!(
        codes(accept(&room, &agent, &code(&invited)).await),
        [ErrorCode::InvalidInvitation],
        "a code opens once"
    );
    let entries = room.audited(invited.invitation.id.uuid()).await;
    assert_eq!(
        entries.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(),
        ["invitation.accept", "invitation.make"]
    );
    let kept = format!("{entries:?}");
    assert!(!kept.contains("76000002") && !kept.contains(&code(&invited)), "{kept}");
}

#[db_test]
async fn known_and_unknown_identifiers_and_members_are_invited_alike(room: Room) {
    let (organization, owner) = room.organization("76000001").await;
    room.person("76000002").await;
    for identifier in ["76000002", "76000099", "inconnue@exemple.ml", "76000001"] {
        let invited = room.accounts.invite_member(&owner, invite(organization, identifier, Role::Agent)).await.unwrap();
        assert_eq!(invited.invitation.status(room.now()), InvitationStatus::Open, "{identifier}");
        assert_eq!(code(&invited).len(), 19);
    }
}

#[db_test]
async fn only_owners_and_managers_invite_and_only_owners_invite_owners(room: Room) {
    let (organization, owner) = room.organization("76000001").await;
    let (manager, _) = room.member(&owner, organization, "76000002", Role::Manager).await;
    let (agent, _) = room.member(&owner, organization, "76000003", Role::Agent).await;
    let stranger = room.person("76000004").await;
    let by =
        async |actor: &Actor, role| room.accounts.invite_member(actor, invite(organization, "76000009", role)).await;

    assert!(by(&owner, Role::Owner).await.is_ok());
    assert!(by(&manager, Role::Manager).await.is_ok());
    assert_eq!(codes(by(&manager, Role::Owner).await), [ErrorCode::Forbidden]);
    assert_eq!(codes(by(&agent, Role::Viewer).await), [ErrorCode::Forbidden]);
    assert_eq!(codes(by(&stranger, Role::Viewer).await), [ErrorCode::Forbidden]);
    assert_eq!(codes(by(&nobody(), Role::Viewer).await), [ErrorCode::Unauthenticated]);

    let nowhere = OrganizationId::from_uuid(Uuid::from_u128(7));
    let absent = room.accounts.invite_member(&owner, invite(nowhere, "76000009", Role::Viewer)).await;
    assert_eq!(codes(absent), [ErrorCode::NotFound]);
    let wrong = room.accounts.invite_member(&owner, invite(organization, "12", Role::Viewer)).await;
    assert_eq!(blamed(wrong), [(ErrorCode::InvalidPhone, "input.identifier".into())]);
}

#[db_test]
async fn a_code_that_was_overheard_opens_nothing(room: Room) {
    // given
    let (organization, owner) = room.organization("76000001").await;
    let thief = room.person("76000666").await;
    let invited = room.accounts.invite_member(&owner, invite(organization, "76000002", Role::Manager)).await.unwrap();

    // then
    assert_eq!(codes(accept(&room, &thief, &code(&invited)).await), [ErrorCode::InvalidInvitation]);
    assert_eq!(codes(accept(&room, &nobody(), &code(&invited)).await), [ErrorCode::Unauthenticated]);
    let agent = room.person("76000002").await;
    assert!(accept(&room, &agent, &code(&invited)).await.is_ok(), "the attempt has not spoilt it");
}

#[db_test]
async fn codes_cannot_be_tried_out(room: Room) {
    let person = room.person("76000002").await;
    for _ in 1..ATTEMPTS_PER_ADDRESS {
        assert_eq!(codes(accept(&room, &person, "0000-0000-0000-0000").await), [ErrorCode::InvalidInvitation]);
    }
    assert_eq!(codes(accept(&room, &person, "0000-0000-0000-0000").await), [ErrorCode::TooManyAttempts]);
}

#[db_test]
async fn an_invitation_that_expired_or_was_taken_back_is_over(room: Room) {
    let (organization, owner) = room.organization("76000001").await;
    let agent = room.person("76000002").await;
    let invite = || room.accounts.invite_member(&owner, invite(organization, "76000002", Role::Agent));
    let revoke = |invited: &Invited| RevokeInvitation { invitation: invited.invitation.id, idempotency_key: None };

    let revoked = invite().await.unwrap();
    let after = room.accounts.revoke_invitation(&owner, revoke(&revoked)).await.unwrap();
    assert_eq!(after.status(room.now()), InvitationStatus::Revoked);
    assert_eq!(codes(accept(&room, &agent, &code(&revoked)).await), [ErrorCode::InvalidInvitation]);
    let again = room.accounts.revoke_invitation(&owner, revoke(&revoked)).await;
    assert_eq!(codes(again), [ErrorCode::InvalidTransition]);
    let unseen = room.accounts.revoke_invitation(&agent, revoke(&revoked)).await;
    assert_eq!(codes(unseen), [ErrorCode::NotFound], "an invitation is its organization's own business");

    let late = invite().await.unwrap();
    room.clock.advance(TimeDelta::days(14));
    assert_eq!(codes(accept(&room, &agent, &code(&late)).await), [ErrorCode::InvalidInvitation]);
}

#[db_test]
async fn whoever_is_a_member_does_not_become_one_twice(room: Room) {
    let (organization, owner) = room.organization("76000001").await;
    let (agent, membership) = room.member(&owner, organization, "76000002", Role::Agent).await;
    let invited = room.accounts.invite_member(&owner, invite(organization, "76000002", Role::Manager)).await.unwrap();
    assert_eq!(codes(accept(&room, &agent, &code(&invited)).await), [ErrorCode::AlreadyMember]);
    let agent = room.again(&agent, "76000002").await;
    assert_eq!(
        agent.user().unwrap().memberships.all().iter().map(|place| (place.id, place.role)).collect::<Vec<_>>(),
        [(membership, Role::Agent)]
    );
}

#[db_test]
async fn repetitions_under_a_key_change_nothing(room: Room) {
    // given
    let (organization, owner) = room.organization("76000001").await;
    let agent = room.person("76000002").await;
    let keyed = |role| InviteMember { idempotency_key: Some("k".into()), ..invite(organization, "76000002", role) };

    // when
    let first = room.accounts.invite_member(&owner, keyed(Role::Agent)).await.unwrap();
    let second = room.accounts.invite_member(&owner, keyed(Role::Agent)).await.unwrap();

    // then
    assert_eq!(first.invitation.id, second.invitation.id);
    assert!(second.code.is_none(), "the code was shown once");
    assert_eq!(codes(room.accounts.invite_member(&owner, keyed(Role::Viewer)).await), [ErrorCode::IdempotencyConflict]);

    let accept = || AcceptInvitation { code: code(&first).into(), idempotency_key: Some("a".into()) };
    let membership = room.accounts.accept_invitation(&agent, accept()).await.unwrap();
    let again = room.accounts.accept_invitation(&agent, accept()).await.unwrap();
    assert_eq!(membership.id, again.id);
    let revoke = RevokeInvitation { invitation: first.invitation.id, idempotency_key: Some("r".into()) };
    assert_eq!(codes(room.accounts.revoke_invitation(&owner, revoke).await), [ErrorCode::InvalidTransition]);
}

#[db_test]
async fn members_and_invitations_are_read_page_by_page_by_members_alone(room: Room) {
    // given
    let (organization, owner) = room.organization("76000001").await;
    for number in 2..=5 {
        room.clock.advance(TimeDelta::seconds(1));
        room.member(&owner, organization, &format!("7600000{number}"), Role::Viewer).await;
    }

    // when
    let page = |after: Option<String>| PageArgs { first: Some(2), after, ..PageArgs::default() };
    let (first, total) = room.members(&owner, organization, &page(None)).await.unwrap();
    let cursor = |row| bfw::kernel::page::encode_cursor(bfw::accounts::MEMBERS, &bfw::accounts::member_key(row));
    let after = cursor(first.rows.last().unwrap());
    let (second, _) = room.members(&owner, organization, &page(Some(after.clone()))).await.unwrap();

    // then
    assert_eq!((total, first.rows.len(), second.rows.len()), (Some(5), 2, 2));
    assert!(first.rows[0].role == Role::Owner && first.has_next && !first.has_previous && second.has_previous);
    assert!(first.rows.iter().chain(&second.rows).map(|row| row.id).is_sorted());
    let (invitations, total) = room.invitations(&owner, organization, &page(None)).await.unwrap();
    assert_eq!((total, invitations.rows.len()), (Some(4), 2));
    assert!(invitations.rows[0].created_at > invitations.rows[1].created_at, "the newest first");

    let foreign = room.invitations(&owner, organization, &page(Some(after))).await;
    assert_eq!(blamed(foreign), [(ErrorCode::InvalidCursor, "after".into())]);
    let stranger = room.person("76000009").await;
    assert_eq!(codes(room.members(&stranger, organization, &page(None)).await), [ErrorCode::Forbidden]);
    assert_eq!(codes(room.members(&nobody(), organization, &page(None)).await), [ErrorCode::Unauthenticated]);
}

#[db_test]
async fn what_a_member_may_no_longer_offer_is_taken_back(room: Room) {
    // given: two owners, of whom the second has invited an owner and an agent
    let (organization, owner) = room.organization("76000001").await;
    let (second, membership) = room.member(&owner, organization, "76000002", Role::Owner).await;
    let invited =
        async |role| room.accounts.invite_member(&second, invite(organization, "76000003", role)).await.unwrap();
    let (as_owner, as_agent) = (invited(Role::Owner).await, invited(Role::Agent).await);
    let of_another = room.accounts.invite_member(&owner, invite(organization, "76000003", Role::Owner)).await.unwrap();
    let guest = room.person("76000003").await;

    // when: she becomes a manager
    let demoted = ChangeMemberRole { membership, role: Role::Manager, expected_version: None, idempotency_key: None };
    room.accounts.change_member_role(&owner, demoted).await.unwrap();

    // then: no owner comes by her any more
    assert_eq!(codes(accept(&room, &guest, &code(&as_owner)).await), [ErrorCode::InvalidInvitation]);
    let entries = room.audited(as_owner.invitation.id.uuid()).await;
    assert_eq!(entries[0].action, "invitation.revoke");
    assert_eq!(entries[0].actor_user, owner.user_id().map(|user| user.uuid()));
    assert_eq!(room.audited(as_agent.invitation.id.uuid()).await.len(), 1, "a manager may take in an agent");

    // when: she leaves altogether
    let leaving = RemoveMember { membership, expected_version: None, idempotency_key: None };
    room.accounts.remove_member(&owner, leaving).await.unwrap();

    // then
    assert_eq!(codes(accept(&room, &guest, &code(&as_agent)).await), [ErrorCode::InvalidInvitation]);
    assert!(accept(&room, &guest, &code(&of_another)).await.is_ok(), "another owner's invitation stands");
}
