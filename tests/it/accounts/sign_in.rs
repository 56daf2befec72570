//! People sign in, and others try to.

use bfw::{
    accounts::{self, model::password::Password, passwords::Passwords},
    kernel::ErrorCode,
};
use chrono::TimeDelta;
use db_test::db_test;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::room::{
    ATTEMPTS_PER_ADDRESS, ATTEMPTS_PER_IDENTIFIER, PASSWORD, Room, blamed, codes, credentials, nobody, nobody_at,
    refreshing,
};

#[db_test]
async fn any_spelling_of_the_identifier_signs_in(room: Room) {
    let id = room.signed_up("76123456").await.account.id;
    for spelling in ["76 12 34 56", "+22376123456", "00223-76-12-34-56"] {
        let signed_in = room.accounts.sign_in(&nobody(), credentials(spelling, PASSWORD)).await.unwrap();
        assert_eq!(signed_in.account.id, id);
    }
}

#[db_test]
async fn a_wrong_password_and_an_unknown_identifier_are_answered_alike_and_cost_the_same(room: Room) {
    // given
    room.signed_up("76123456").await;
    let blocked = room.signed_up("65000000").await.account.id;
    block(&room, blocked).await;
    let enormous = "x".repeat(100_000);

    // when, then
    for (identifier, password) in [
        ("76123456", "la pluie tombe sur Kolokani"),
        ("76999999", PASSWORD),
        ("awa@exemple.ml", PASSWORD),
        ("neither phone nor address", PASSWORD),
        ("", ""),
        ("76123456", enormous.as_str()),
        ("65000000", PASSWORD),
    ] {
        let before = room.accounts.passwords().verifications();
        let refused = blamed(room.accounts.sign_in(&nobody(), credentials(identifier, password)).await);
        assert_eq!(refused, [(ErrorCode::InvalidCredentials, String::new())], "{identifier}");
        assert_eq!(room.accounts.passwords().verifications() - before, 1, "{identifier}");
    }
}

#[db_test]
async fn attempts_at_one_identifier_are_counted_and_come_back_with_time(room: Room) {
    // given
    room.signed_up("76123456").await;
    for number in 0..ATTEMPTS_PER_IDENTIFIER {
        let address = [198, 51, 100, u8::try_from(number).unwrap()];
        let refused = room.accounts.sign_in(&nobody_at(address), credentials("76 12 34 56", "wrong password")).await;
        assert_eq!(codes(refused), [ErrorCode::InvalidCredentials]);
    }

    // when: even the right password, in another spelling and from another address, has to wait
    let locked = room.accounts.sign_in(&nobody(), credentials("+22376123456", PASSWORD)).await;
    let before = room.accounts.passwords().verifications();
    assert_eq!(codes(locked), [ErrorCode::TooManyAttempts]);

    // then: the wait is said, nothing was hashed meanwhile, and it ends
    let still = room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await;
    let bfw::kernel::Failure::Rejected(errors) = still.unwrap_err() else { panic!("a fault") };
    assert_eq!(errors[0].args, [("minutes", "2".to_owned())]);
    assert_eq!(room.accounts.passwords().verifications(), before);
    room.clock.advance(TimeDelta::seconds(90));
    assert!(room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await.is_ok());
}

#[db_test]
async fn attempts_of_one_address_are_counted_over_all_identifiers(room: Room) {
    room.signed_up("76123456").await;
    for number in 1..ATTEMPTS_PER_ADDRESS {
        room.accounts.sign_in(&nobody(), credentials(&format!("unknown {number}"), "")).await.unwrap_err();
    }
    assert_eq!(
        codes(room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await),
        [ErrorCode::TooManyAttempts]
    );
    assert!(room.accounts.sign_in(&nobody_at([203, 0, 113, 9]), credentials("76123456", PASSWORD)).await.is_ok());
}

#[db_test]
async fn attempts_are_counted_over_processes_and_restarts(room: Room) {
    room.signed_up("76123456").await;
    let processes = [room.accounts.clone(), room.in_another_process(), room.in_another_process()];
    for number in 0..ATTEMPTS_PER_IDENTIFIER {
        let process = &processes[number as usize % processes.len()];
        let refused = process.sign_in(&nobody(), credentials("76123456", "wrong password")).await;
        assert_eq!(codes(refused), [ErrorCode::InvalidCredentials]);
    }

    for process in processes.iter().chain([&room.in_another_process()]) {
        let locked = process.sign_in(&nobody(), credentials("76123456", PASSWORD)).await;
        let bfw::kernel::Failure::Rejected(errors) = locked.unwrap_err() else { panic!("a fault") };
        assert_eq!(
            (errors[0].code, &errors[0].args[..]),
            (ErrorCode::TooManyAttempts, &[("minutes", "2".to_owned())][..])
        );
    }
    room.clock.advance(TimeDelta::seconds(90));
    assert!(processes[1].sign_in(&nobody(), credentials("76123456", PASSWORD)).await.is_ok());
    // What was counted is forgotten once it means nothing.
    assert_eq!(room.accounts.sweep_attempts().await.unwrap(), 0);
    room.clock.advance(TimeDelta::hours(1));
    assert_eq!(room.accounts.sweep_attempts().await.unwrap(), 2);
}

#[db_test]
async fn a_clock_that_was_ahead_locks_nobody_out_for_as_long(room: Room) {
    room.signed_up("76123456").await;
    room.clock.advance(TimeDelta::days(400));
    for _ in 0..ATTEMPTS_PER_IDENTIFIER {
        room.accounts.sign_in(&nobody(), credentials("76123456", "wrong password")).await.unwrap_err();
    }
    room.clock.advance(-TimeDelta::days(400));

    let restarted = room.in_another_process();
    // The address first, then the identifier: each is as good as used up just now.
    for _ in 0..2 {
        let locked = restarted.sign_in(&nobody(), credentials("76123456", PASSWORD)).await;
        assert_eq!(codes(locked), [ErrorCode::TooManyAttempts]);
        room.clock.advance(TimeDelta::seconds(90));
    }
    assert!(restarted.sign_in(&nobody(), credentials("76123456", PASSWORD)).await.is_ok());
}

#[db_test]
async fn a_hash_at_an_older_cost_is_made_anew_at_the_next_sign_in(room: Room) {
    // given
    let id = room.signed_up("76123456").await.account.id;
    let cheap = Passwords::new(argon2::Params::new(64, 1, 1, None).unwrap(), 1);
    let old = cheap.hash(Password::presented(&PASSWORD.into()).unwrap()).await.unwrap();
    store_hash(&room, id, &old).await;

    // when
    room.accounts.sign_in(&nobody(), credentials("76123456", "wrong password")).await.unwrap_err();
    assert_eq!(stored_hash(&room, id).await, old);
    room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await.unwrap();

    // then
    let new = stored_hash(&room, id).await;
    assert!(new.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{new}");
    assert!(room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await.is_ok());
}

#[db_test]
async fn whoever_is_blocked_is_out_at_once(room: Room) {
    let signed_up = room.signed_up("76123456").await;
    let (access, refresh) = (signed_up.session.access_token.reveal(), signed_up.session.refresh_token.reveal().into());
    assert!(room.accounts.authenticate(&access).await.unwrap().is_some());
    block(&room, signed_up.account.id).await;
    assert!(room.accounts.authenticate(&access).await.unwrap().is_none());
    assert_eq!(codes(room.accounts.refresh_session(&nobody(), refreshing(refresh)).await), [ErrorCode::InvalidSession]);
}

async fn block(room: &Room, id: accounts::UserId) {
    update(room, id, entity::user_account::Column::Status, "BLOCKED").await;
}

async fn store_hash(room: &Room, id: accounts::UserId, hash: &str) {
    update(room, id, entity::user_account::Column::PasswordHash, hash).await;
}

async fn update(room: &Room, id: accounts::UserId, column: entity::user_account::Column, value: &str) {
    let connection = room.database.connect().await;
    entity::user_account::Entity::update_many()
        .col_expr(column, Expr::value(value))
        .filter(entity::user_account::Column::Id.eq(id.uuid()))
        .exec(&connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

async fn stored_hash(room: &Room, id: accounts::UserId) -> String {
    let row = entity::user_account::Entity::find_by_id(id.uuid()).one(room.services.db.read()).await.unwrap();
    row.unwrap().password_hash
}
