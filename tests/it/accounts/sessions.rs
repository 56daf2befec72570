//! Sessions are carried on, end, and are forgotten.

use bfw::{
    accounts::{Keepers, PlatformRole, RefreshSession, Role, SignIn, SignOut},
    kernel::ErrorCode,
};
use chrono::TimeDelta;
use db_test::db_test;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use secrecy::SecretString;

use super::room::{ACCESS, PASSWORD, REFRESH, Room, codes, credentials, nobody, refreshing};

#[db_test]
async fn an_access_token_is_good_until_it_expires(room: Room) {
    let session = room.signed_up("76123456").await.session;
    let access = session.access_token.reveal();
    assert_eq!(session.expires_at, room.now() + ACCESS);
    room.clock.set(session.expires_at - TimeDelta::microseconds(1));
    assert!(room.accounts.authenticate(&access).await.unwrap().is_some());
    room.clock.set(session.expires_at);
    assert!(room.accounts.authenticate(&access).await.unwrap().is_none());
}

#[db_test]
async fn what_is_no_access_token_is_nobody(room: Room) {
    let session = room.signed_up("76123456").await.session;
    let mut forged = session.access_token.reveal();
    forged.replace_range(0..1, if forged.starts_with('A') { "B" } else { "A" });
    let refresh = session.refresh_token.reveal();
    for text in ["", "x", "null", "'; drop table session; --", &forged, &refresh, &"A".repeat(100_000)] {
        assert!(room.accounts.authenticate(text).await.unwrap().is_none(), "{text:.60}");
    }
}

#[db_test]
async fn a_request_is_authenticated_by_one_statement_with_all_that_she_is(room: Room) {
    // given
    let (first, owner) = room.organization("76000001").await;
    let (second, other) = room.organization("76000002").await;
    let (agent, _) = room.member(&owner, first, "76000003", Role::Agent).await;
    room.accounts
        .invite_member(
            &other,
            bfw::accounts::InviteMember {
                organization: second,
                identifier: "76000003".into(),
                role: Role::Viewer,
                idempotency_key: None,
            },
        )
        .await
        .unwrap();
    let system = bfw::accounts::Actor::system("test");
    for role in [PlatformRole::Verifier, PlatformRole::Auditor] {
        room.accounts.grant_platform_role(&system, "76000003", role).await.unwrap();
    }
    let access = room.accounts.sign_in(&system, credentials("76000003", PASSWORD)).await.unwrap().session;

    // when
    let token = access.access_token.reveal();
    let (statements, user) = room.statements_of(room.accounts.authenticate(&token)).await;

    // then
    let user = user.unwrap().unwrap();
    assert_eq!(statements, 1);
    assert_eq!(Some(user.id), agent.user_id());
    let memberships: Vec<_> = user.memberships.all().iter().map(|place| (place.organization, place.role)).collect();
    assert_eq!(memberships, [(first, Role::Agent)], "an invitation is no membership");
    assert_eq!(user.platform_roles, [PlatformRole::Auditor, PlatformRole::Verifier]);
}

#[db_test]
async fn each_refresh_hands_out_the_next_pair(room: Room) {
    let first = room.signed_up("76123456").await.session;
    room.clock.advance(TimeDelta::days(29));
    let second =
        room.accounts.refresh_session(&nobody(), refreshing(first.refresh_token.reveal().into())).await.unwrap();
    assert_eq!(second.refresh_expires_at, room.now() + REFRESH, "the next token lives its own full time");
    assert!(room.accounts.authenticate(&second.access_token.reveal()).await.unwrap().is_some());
    room.clock.advance(TimeDelta::days(29));
    let third =
        room.accounts.refresh_session(&nobody(), refreshing(second.refresh_token.reveal().into())).await.unwrap();
    assert!(room.accounts.authenticate(&third.access_token.reveal()).await.unwrap().is_some());
}

#[db_test]
async fn a_refresh_token_that_is_used_twice_ends_its_family_and_no_other(room: Room) {
    // given: two sign-ins, of which one was refreshed
    let signed_up = room.signed_up("76123456").await;
    let other = room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await.unwrap().session;
    let stolen: SecretString = signed_up.session.refresh_token.reveal().into();
    let next = room.accounts.refresh_session(&nobody(), refreshing(stolen.clone())).await.unwrap();

    // when
    assert_eq!(
        codes(room.accounts.refresh_session(&nobody(), refreshing(stolen.clone())).await),
        [ErrorCode::InvalidSession]
    );

    // then
    for access in [&signed_up.session.access_token, &next.access_token] {
        assert!(room.accounts.authenticate(&access.reveal()).await.unwrap().is_none());
    }
    let next = room.accounts.refresh_session(&nobody(), refreshing(next.refresh_token.reveal().into())).await;
    assert_eq!(codes(next), [ErrorCode::InvalidSession]);
    assert!(room.accounts.authenticate(&other.access_token.reveal()).await.unwrap().is_some());
    assert!(room.accounts.refresh_session(&nobody(), refreshing(other.refresh_token.reveal().into())).await.is_ok());
    let verification = bfw::kernel::audit::verify(&room.services.db).await.unwrap();
    assert!(verification.broken.is_empty() && verification.entries == 3, "{verification:?}");
}

#[db_test]
async fn of_two_refreshes_at_the_same_time_one_wins_and_the_family_ends(room: Room) {
    let session = room.signed_up("76123456").await.session;
    let refresh = || {
        let (accounts, token) = (room.accounts.clone(), SecretString::from(session.refresh_token.reveal()));
        tokio::spawn(async move { accounts.refresh_session(&nobody(), refreshing(token)).await })
    };
    let (one, two) = (refresh(), refresh());
    let mut winners = Vec::new();
    for outcome in [one.await.unwrap(), two.await.unwrap()] {
        match outcome {
            Ok(issued) => winners.push(issued),
            refused => assert_eq!(codes(refused), [ErrorCode::InvalidSession]),
        }
    }
    assert_eq!(winners.len(), 1);
    assert!(room.accounts.authenticate(&winners[0].access_token.reveal()).await.unwrap().is_none());
}

#[db_test]
async fn an_old_token_beside_a_refresh_of_the_newest_leaves_no_session_alive(room: Room) {
    for round in 0..8 {
        // given: a family whose first token is used
        let first = room.signed_up(&format!("7612340{round}")).await.session;
        let old = SecretString::from(first.refresh_token.reveal());
        let newest = room.accounts.refresh_session(&nobody(), refreshing(old.clone())).await.unwrap();
        let newest = SecretString::from(newest.refresh_token.reveal());

        // when: the old one is used again, and the newest is exchanged and exchanged on
        let (accounts, other) = (room.accounts.clone(), room.accounts.clone());
        let stolen = tokio::spawn(async move { accounts.refresh_session(&nobody(), refreshing(old)).await });
        let rotating = tokio::spawn(async move {
            let mut token = newest;
            while let Ok(issued) = other.refresh_session(&nobody(), refreshing(token)).await {
                token = issued.refresh_token.reveal().into();
            }
        });

        // then
        assert_eq!(codes(stolen.await.unwrap()), [ErrorCode::InvalidSession]);
        rotating.await.unwrap();
        assert_eq!(alive(&room).await, 0, "round {round}");
    }
}

#[db_test]
async fn a_sign_out_beside_a_refresh_leaves_no_session_alive(room: Room) {
    for round in 0..8 {
        let session = room.signed_up(&format!("7612341{round}")).await.session;
        let here = room.holder(&session.access_token.reveal()).await;
        let token = SecretString::from(session.refresh_token.reveal());

        let (accounts, other) = (room.accounts.clone(), room.accounts.clone());
        let rotating = tokio::spawn(async move {
            let mut token = token;
            while let Ok(issued) = other.refresh_session(&nobody(), refreshing(token)).await {
                token = issued.refresh_token.reveal().into();
            }
        });
        let everywhere = round % 2 == 0;
        let signed_out =
            tokio::spawn(async move { accounts.sign_out(&here, SignOut { everywhere, idempotency_key: None }).await });

        signed_out.await.unwrap().unwrap();
        rotating.await.unwrap();
        assert_eq!(alive(&room).await, 0, "round {round}");
    }
}

async fn alive(room: &Room) -> u64 {
    let live = entity::session::Entity::find().filter(entity::session::Column::RevokedAt.is_null());
    live.count(room.services.db.read()).await.unwrap()
}

fn pair(session: &bfw::accounts::IssuedSession) -> [String; 2] {
    [session.access_token.reveal(), session.refresh_token.reveal()]
}

#[db_test]
async fn a_refresh_whose_answer_was_lost_is_asked_for_again_with_its_key(room: Room) {
    // given
    let session = room.signed_up("76123456").await.session;
    let once = RefreshSession {
        refresh_token: session.refresh_token.reveal().into(),
        idempotency_key: Some("on the bus".into()),
    };
    let lost = room.accounts.refresh_session(&nobody(), once.clone()).await.unwrap();

    // when
    room.clock.advance(TimeDelta::seconds(60));
    let again = room.accounts.refresh_session(&nobody(), once.clone()).await.unwrap();

    // then: it is the same answer, and nothing that is kept gives it away
    assert_eq!(pair(&again), pair(&lost));
    assert_eq!((again.expires_at, again.refresh_expires_at), (lost.expires_at, lost.refresh_expires_at));
    assert!(room.accounts.authenticate(&again.access_token.reveal()).await.unwrap().is_some());
    assert_eq!(alive(&room).await, 2);
    let rows = entity::session::Entity::find().all(room.services.db.read()).await.unwrap();
    let kept = format!("{rows:?}");
    let secrets = pair(&lost).into_iter().chain(["on the bus".to_owned(), session.refresh_token.reveal()]);
    for secret in secrets {
        assert!(!kept.contains(&secret), "{kept}");
    }
    let salt = rows.iter().find_map(|row| row.retry_hash.clone()).unwrap();
    assert_eq!(salt.len(), 64);

    // when: the successor is used, the key opens nothing any more
    let next = room.accounts.refresh_session(&nobody(), refreshing(again.refresh_token.reveal().into())).await.unwrap();
    assert_eq!(codes(room.accounts.refresh_session(&nobody(), once).await), [ErrorCode::InvalidSession]);
    assert!(room.accounts.authenticate(&next.access_token.reveal()).await.unwrap().is_none(), "the family is ended");
}

#[db_test]
async fn two_windows_that_refresh_at_once_with_one_key_are_given_the_same_pair(room: Room) {
    for round in 0..6 {
        // given
        let session = room.signed_up(&format!("7612345{round}")).await.session;
        let with = |key: &str| {
            let (accounts, token, key) = (room.accounts.clone(), session.refresh_token.reveal(), key.to_owned());
            tokio::spawn(async move {
                let once = RefreshSession { refresh_token: token.into(), idempotency_key: Some(key) };
                accounts.refresh_session(&nobody(), once).await
            })
        };

        // when
        let windows = [with("both"), with("both"), with("both")];

        // then: none of them lost her session
        let mut pairs = Vec::new();
        for window in windows {
            pairs.push(pair(&window.await.unwrap().unwrap()));
        }
        assert!(pairs[1..].iter().all(|other| *other == pairs[0]), "round {round}");
        assert!(room.accounts.authenticate(&pairs[0][0]).await.unwrap().is_some(), "round {round}");
        let next = room.accounts.refresh_session(&nobody(), refreshing(pairs[0][1].clone().into())).await.unwrap();
        assert!(room.accounts.authenticate(&next.access_token.reveal()).await.unwrap().is_some());

        // when: somebody who stole the first token tries it with a key of her own
        assert_eq!(codes(with("a thief's").await.unwrap()), [ErrorCode::InvalidSession]);

        // then: as ever, the family is over
        assert!(room.accounts.authenticate(&next.access_token.reveal()).await.unwrap().is_none());
        assert_eq!(alive(&room).await, 0, "round {round}");
    }
}

#[db_test]
async fn a_thief_beside_an_exchange_with_a_key_ends_the_family(room: Room) {
    for round in 0..6 {
        let session = room.signed_up(&format!("7612346{round}")).await.session;
        let with = |key: Option<&str>| {
            let (accounts, token, key) =
                (room.accounts.clone(), session.refresh_token.reveal(), key.map(str::to_owned));
            tokio::spawn(async move {
                accounts
                    .refresh_session(&nobody(), RefreshSession { refresh_token: token.into(), idempotency_key: key })
                    .await
            })
        };
        let outcomes = [with(Some("hers")), with(None), with(Some("another"))];
        let mut won = 0;
        for outcome in outcomes {
            match outcome.await.unwrap() {
                Ok(_) => won += 1,
                refused => assert_eq!(codes(refused), [ErrorCode::InvalidSession]),
            }
        }
        assert_eq!((won, alive(&room).await), (1, 0), "round {round}");
    }
}

#[db_test]
async fn a_retry_with_another_key_or_too_late_is_a_second_use(room: Room) {
    for (number, (key, wait)) in [("another", 1), ("first", 61), ("", 0)].into_iter().enumerate() {
        let session = room.signed_up(&format!("7612342{number}")).await.session;
        let with = |key: &str| RefreshSession {
            refresh_token: session.refresh_token.reveal().into(),
            idempotency_key: Some(key.to_owned()),
        };
        room.accounts.refresh_session(&nobody(), with("first")).await.unwrap();
        room.clock.advance(TimeDelta::seconds(wait));
        let refused = codes(room.accounts.refresh_session(&nobody(), with(key)).await);
        if key.is_empty() {
            assert_eq!(refused, [ErrorCode::Required], "a key that is none ends nothing");
            assert_eq!(alive(&room).await, 2);
        } else {
            assert_eq!(refused, [ErrorCode::InvalidSession]);
            assert_eq!(alive(&room).await, 0);
        }
    }
}

#[db_test]
async fn an_unknown_refresh_token_waits_for_no_writer(room: Room) {
    let writing = room.services.db.begin().await.unwrap();
    let nobody = nobody();
    let unknown = room.accounts.refresh_session(&nobody, refreshing("A".repeat(43).into()));
    let refused = tokio::time::timeout(std::time::Duration::from_secs(2), unknown).await.unwrap();
    assert_eq!(codes(refused), [ErrorCode::InvalidSession]);
    drop(writing);
}

#[db_test]
async fn a_sign_in_that_is_repeated_with_its_key_leaves_one_session(room: Room) {
    room.signed_up("76123456").await;
    let once = SignIn { idempotency_key: Some("k".into()), ..credentials("76123456", PASSWORD) };
    let lost = room.accounts.sign_in(&nobody(), once.clone()).await.unwrap().session;
    let again = room.accounts.sign_in(&nobody(), once).await.unwrap().session;
    assert!(room.accounts.authenticate(&lost.access_token.reveal()).await.unwrap().is_none());
    assert!(room.accounts.authenticate(&again.access_token.reveal()).await.unwrap().is_some());
    assert_eq!(alive(&room).await, 2, "the one of signing up, and the second");
}

#[db_test]
async fn signing_in_and_out_stands_in_the_persons_own_log(room: Room) {
    let signed_up = room.signed_up("76123456").await;
    let session = room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await.unwrap().session;
    let here = room.holder(&session.access_token.reveal()).await;
    room.accounts.sign_out(&here, SignOut::default()).await.unwrap();

    let page = bfw::kernel::page::PageArgs::default();
    let owner = room.holder(&signed_up.session.access_token.reveal()).await;
    let own = signed_up.account.id.uuid();
    let chain = room.accounts.audit_chain(own).await.unwrap();
    let ((trail, _), _) =
        room.accounts.audit_trail(&owner, (own, chain, &Keepers::default()), &page, false).await.unwrap();
    let actions: Vec<&str> = trail.rows.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["user.sign_out", "user.sign_in", "user.sign_up"]);
}

#[db_test]
async fn whatever_is_wrong_with_a_refresh_token_is_answered_alike(room: Room) {
    let session = room.signed_up("76123456").await.session;
    let expired: SecretString = session.refresh_token.reveal().into();
    let access: SecretString = session.access_token.reveal().into();
    room.clock.set(session.refresh_expires_at);
    for token in [&expired, &access, &"".into(), &"A".repeat(43).into(), &"x".repeat(100_000).into()] {
        assert_eq!(
            codes(room.accounts.refresh_session(&nobody(), refreshing(token.clone())).await),
            [ErrorCode::InvalidSession]
        );
    }
}

#[db_test]
async fn signing_out_ends_this_session_or_all(room: Room) {
    // given
    let first = room.signed_up("76123456").await.session;
    let second = room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await.unwrap().session;
    let third = room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await.unwrap().session;
    let is_good = async |token: &bfw::accounts::Token| room.holder(&token.reveal()).await.user().is_some();

    // when: one device signs out
    let here = room.holder(&first.access_token.reveal()).await;
    room.accounts.sign_out(&here, SignOut::default()).await.unwrap();

    // then
    assert!(!is_good(&first.access_token).await && is_good(&second.access_token).await);
    let refresh = room.accounts.refresh_session(&nobody(), refreshing(first.refresh_token.reveal().into())).await;
    assert_eq!(codes(refresh), [ErrorCode::InvalidSession]);

    // when: all do
    let there = room.holder(&second.access_token.reveal()).await;
    room.accounts.sign_out(&there, SignOut { everywhere: true, idempotency_key: None }).await.unwrap();
    assert!(!is_good(&second.access_token).await && !is_good(&third.access_token).await);
    assert_eq!(codes(room.accounts.sign_out(&nobody(), SignOut::default()).await), [ErrorCode::Unauthenticated]);
}

#[db_test]
async fn sessions_are_forgotten_when_nothing_can_revive_them(room: Room) {
    let session = room.signed_up("76123456").await.session;
    room.accounts.refresh_session(&nobody(), refreshing(session.refresh_token.reveal().into())).await.unwrap();
    room.clock.advance(TimeDelta::days(1));
    let late = room.accounts.sign_in(&nobody(), credentials("76123456", PASSWORD)).await.unwrap().session;
    assert_eq!(
        room.accounts.sweep_sessions().await.unwrap(),
        0,
        "a used refresh token is kept as long as a second use counts"
    );

    room.clock.set(session.refresh_expires_at + TimeDelta::seconds(1));
    assert_eq!(room.accounts.sweep_sessions().await.unwrap(), 2);
    assert_eq!(entity::session::Entity::find().count(room.services.db.read()).await.unwrap(), 1);
    assert!(room.accounts.refresh_session(&nobody(), refreshing(late.refresh_token.reveal().into())).await.is_ok());
}

#[db_test]
async fn no_secret_is_kept_as_it_is(room: Room) {
    let session = room.signed_up("76123456").await.session;
    let rows = entity::session::Entity::find().all(room.services.db.read()).await.unwrap();
    let users = entity::user_account::Entity::find().all(room.services.db.read()).await.unwrap();
    assert_eq!((rows[0].access_hash.len(), rows[0].refresh_hash.len()), (32, 32));
    assert_eq!(rows[0].access_hash, session.access_token.digest().to_vec());
    assert!(users[0].password_hash.starts_with("$argon2id$"), "{users:?}");
    let printed = format!("{session:?} {rows:?} {users:?}");
    for secret in [session.access_token.reveal(), session.refresh_token.reveal(), PASSWORD.to_owned()] {
        assert!(!printed.contains(&secret));
    }
}
