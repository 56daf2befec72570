//! The operator names the platform's people.

use bfw::{
    accounts::{Actor, PlatformRole},
    kernel::ErrorCode,
};
use db_test::db_test;

use super::room::{Room, blamed, codes, nobody};

#[db_test]
async fn the_operator_gives_and_takes_roles_and_nobody_else_does(room: Room) {
    // given
    let operator = Actor::system("bfw admin");
    let person = room.person("76123456").await;

    // when, then
    for _ in 0..2 {
        let granted = room.accounts.grant_platform_role(&operator, "76 12 34 56", PlatformRole::Admin).await.unwrap();
        assert_eq!(Some(granted.id), person.user_id());
    }
    let admin = room.again(&person, "76123456").await;
    assert!(admin.has_platform_role(PlatformRole::Admin));
    let by_admin = room.accounts.grant_platform_role(&admin, "76123456", PlatformRole::Auditor).await;
    assert_eq!(codes(by_admin), [ErrorCode::Forbidden], "not even an administrator, over the network");
    let by_nobody = room.accounts.grant_platform_role(&nobody(), "76123456", PlatformRole::Admin).await;
    assert_eq!(codes(by_nobody), [ErrorCode::Unauthenticated]);

    for _ in 0..2 {
        room.accounts.revoke_platform_role(&operator, "76123456", PlatformRole::Admin).await.unwrap();
    }
    assert!(!room.again(&person, "76123456").await.has_platform_role(PlatformRole::Admin));
    let entries = room.audited(person.user_id().unwrap().uuid()).await;
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    let actions: Vec<_> = actions.into_iter().filter(|action| *action != "user.sign_in").collect();
    assert_eq!(
        actions,
        ["user.revoke_role", "user.grant_role", "user.sign_up"],
        "what changes nothing is not recorded"
    );
}

#[db_test]
async fn a_role_needs_an_account(room: Room) {
    let operator = Actor::system("bfw admin");
    let grant =
        async |identifier: &str| room.accounts.grant_platform_role(&operator, identifier, PlatformRole::Admin).await;
    assert_eq!(blamed(grant("76999999").await), [(ErrorCode::NotFound, "identifier".into())]);
    assert_eq!(blamed(grant("admin").await), [(ErrorCode::InvalidPhone, "identifier".into())]);
}
