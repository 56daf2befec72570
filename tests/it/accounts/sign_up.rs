//! People make accounts.

use bfw::{
    accounts::SignUp,
    kernel::{ErrorCode, locale::Locale},
};
use db_test::db_test;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::room::{
    ATTEMPTS_PER_ADDRESS, ATTEMPTS_PER_IDENTIFIER, PASSWORD, Room, applicant, blamed, codes, credentials, nobody,
    nobody_at,
};

#[db_test]
async fn a_malian_number_in_any_spelling_makes_one_account(room: Room) {
    // given
    let signed_up = room.accounts.sign_up(&nobody(), applicant("76 12 34 56")).await.unwrap();

    // then
    assert_eq!(signed_up.account.phone.as_ref().unwrap().as_str(), "+22376123456");
    let user = room.accounts.authenticate(&signed_up.session.access_token.reveal()).await.unwrap().unwrap();
    assert_eq!((user.id, user.memberships.all().len(), user.platform_roles.len()), (signed_up.account.id, 0, 0));
    for spelling in ["+223 76 12 34 56", "0022376123456", "76-12-34-56"] {
        let again = room.accounts.sign_up(&nobody(), applicant(spelling)).await;
        assert_eq!(blamed(again), [(ErrorCode::IdentifierTaken, "input.phone".into())], "{spelling}");
    }
}

#[db_test]
async fn an_address_alone_is_enough_and_case_does_not_part_two(room: Room) {
    let by_mail = |email: &str| SignUp { phone: None, email: Some(email.into()), ..applicant("") };
    let signed_up = room.accounts.sign_up(&nobody(), by_mail("Awa@Exemple.ML")).await.unwrap();
    assert_eq!(signed_up.account.email.as_ref().unwrap().as_str(), "awa@exemple.ml");

    let again = room.accounts.sign_up(&nobody(), by_mail("awa@exemple.ml")).await;
    assert_eq!(blamed(again), [(ErrorCode::IdentifierTaken, "input.email".into())]);
    assert!(room.accounts.sign_in(&nobody(), credentials("AWA@exemple.ml", PASSWORD)).await.is_ok());
}

#[db_test]
async fn everything_that_is_wrong_is_said_at_once(room: Room) {
    let command = SignUp {
        phone: Some("12".into()),
        email: Some("awa@".into()),
        password: "1234567890".into(),
        name: " ".into(),
        language: Locale::Bm,
        idempotency_key: None,
    };
    let refused = blamed(room.accounts.sign_up(&nobody(), command).await);
    let expected = [
        (ErrorCode::InvalidPhone, "input.phone"),
        (ErrorCode::InvalidEmail, "input.email"),
        (ErrorCode::Required, "input.name"),
        (ErrorCode::WeakPassword, "input.password"),
    ];
    assert_eq!(refused, expected.map(|(code, path)| (code, path.to_owned())));

    let unreachable = SignUp { phone: None, ..applicant("") };
    assert_eq!(
        blamed(room.accounts.sign_up(&nobody(), unreachable).await),
        [(ErrorCode::Required, "input.phone".into())]
    );
}

#[db_test]
async fn a_repetition_under_the_same_key_is_the_same_account(room: Room) {
    let keyed = |password: &str| SignUp {
        idempotency_key: Some("k1".into()),
        password: password.into(),
        ..applicant("76123456")
    };
    let first = room.accounts.sign_up(&nobody(), keyed(PASSWORD)).await.unwrap();
    let second = room.accounts.sign_up(&nobody(), keyed(PASSWORD)).await.unwrap();
    assert_eq!(first.account.id, second.account.id);
    assert_ne!(first.session.access_token.reveal(), second.session.access_token.reveal());
    assert!(room.accounts.authenticate(&second.session.access_token.reveal()).await.unwrap().is_some());

    // Whoever guesses the key does not get in without the password, and other input is another sign-up.
    let stranger = room.accounts.sign_up(&nobody(), keyed("un autre long secret")).await;
    assert_eq!(codes(stranger), [ErrorCode::IdempotencyConflict]);
    let other = SignUp { name: "Fanta Diarra".into(), ..keyed(PASSWORD) };
    assert_eq!(codes(room.accounts.sign_up(&nobody(), other).await), [ErrorCode::IdempotencyConflict]);
}

#[db_test]
async fn of_many_who_race_for_a_number_exactly_one_gets_it(room: Room) {
    // when
    let racing = (0..6).map(|number| {
        let accounts = room.accounts.clone();
        let command = SignUp { name: format!("Awa {number}"), ..applicant("76123456") };
        tokio::spawn(async move { accounts.sign_up(&nobody(), command).await })
    });
    let mut winners = 0;
    for racer in racing.collect::<Vec<_>>() {
        match racer.await.unwrap() {
            Ok(_) => winners += 1,
            refused => assert_eq!(codes(refused), [ErrorCode::IdentifierTaken]),
        }
    }

    // then
    assert_eq!(winners, 1);
    assert_eq!(entity::user_account::Entity::find().count(room.services.db.read()).await.unwrap(), 1);
    assert_eq!(entity::session::Entity::find().count(room.services.db.read()).await.unwrap(), 1);
}

#[db_test]
async fn an_address_cannot_try_out_a_list_of_numbers(room: Room) {
    for _ in 0..ATTEMPTS_PER_ADDRESS {
        let refused = room.accounts.sign_up(&nobody(), applicant("12")).await;
        assert_eq!(codes(refused), [ErrorCode::InvalidPhone]);
    }
    assert_eq!(codes(room.accounts.sign_up(&nobody(), applicant("12")).await), [ErrorCode::TooManyAttempts]);
    assert!(room.accounts.sign_up(&nobody_at([198, 51, 100, 7]), applicant("76123456")).await.is_ok());
}

#[db_test]
async fn the_log_keeps_the_deed_and_no_personal_data(room: Room) {
    let signed_up = room.signed_up("76123456").await;
    let entries = room.audited(signed_up.account.id.uuid()).await;
    assert_eq!(entries.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(), ["user.sign_up"]);
    let kept = format!("{entries:?}");
    for secret in ["76123456", "Awa", PASSWORD, "argon2"] {
        assert!(!kept.contains(secret), "{kept}");
    }
}

#[db_test]
async fn a_repeated_sign_up_is_no_way_to_try_passwords(room: Room) {
    // given
    let once = SignUp { idempotency_key: Some("first".into()), ..applicant("76123456") };
    room.accounts.sign_up(&nobody(), once.clone()).await.unwrap();

    // when: the sign-up is repeated with guesses, each from another address
    let mut refused = Vec::new();
    for guess in 0..=u8::try_from(ATTEMPTS_PER_IDENTIFIER).unwrap() {
        let command = SignUp { password: format!("treize pirogues {guess}").into(), ..once.clone() };
        refused.extend(codes(room.accounts.sign_up(&nobody_at([192, 0, 2, guess]), command).await));
    }

    // then
    assert_eq!(refused.pop(), Some(ErrorCode::TooManyAttempts));
    assert!(refused.iter().all(|code| *code == ErrorCode::IdempotencyConflict), "{refused:?}");
    let right = room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await;
    assert_eq!(codes(right), [ErrorCode::TooManyAttempts], "the same count holds for signing in");
}
