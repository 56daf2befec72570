//! What is sealed opens for whom it is meant, at its place and instant, and for nobody else.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::kernel::key_file::Keys as _;

const BIDDER: OrganizationId = OrganizationId::from_uuid(Uuid::from_u128(7));
const OTHER: OrganizationId = OrganizationId::from_uuid(Uuid::from_u128(8));
const PLACE: Place =
    Place { bid: BidId::from_uuid(Uuid::from_u128(1)), request: RequestId::from_uuid(Uuid::from_u128(2)) };

fn deadline() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn terms() -> Terms {
    Terms { not_before: deadline(), version: 3 }
}

fn content(text: &str) -> Plain {
    Plain::new(text.to_owned(), Some(UserId::from_uuid(Uuid::from_u128(9))))
}

fn opened(keys: &SealingKeys, request: RequestId, at: Timestamp, sealed: &Sealed) -> Option<(Plain, i64)> {
    let opening = Opening::for_tests(request, at);
    keys.open(&opening, PLACE.bid, (&sealed.content, &sealed.for_opening)).ok()
}

#[test]
fn the_opening_and_the_bidder_read_what_was_sealed() {
    let keys = SealingKeys::made().unwrap();
    let sealed = keys.seal(PLACE, BIDDER, &content("karité"), terms()).unwrap();

    assert_eq!(opened(&keys, PLACE.request, deadline(), &sealed), Some((content("karité"), 3)));
    let own = keys.read_own(PLACE, BIDDER, (&sealed.content, &sealed.for_bidder));
    assert_eq!(own.unwrap(), content("karité"));
}

#[test]
fn before_its_instant_and_for_others_it_stays_sealed() {
    let keys = SealingKeys::made().unwrap();
    let sealed = keys.seal(PLACE, BIDDER, &content("karité"), terms()).unwrap();
    let early = Opening::for_tests(PLACE.request, deadline() - TimeDelta::microseconds(1));
    let refused = keys.open(&early, PLACE.bid, (&sealed.content, &sealed.for_opening)).unwrap_err();

    assert!(matches!(refused, Refused::Unreadable(Unreadable::TooEarly(_))), "{refused}");
    assert!(opened(&keys, RequestId::from_uuid(Uuid::from_u128(3)), deadline(), &sealed).is_none());
    assert!(keys.read_own(PLACE, OTHER, (&sealed.content, &sealed.for_bidder)).is_err());
    assert!(keys.read_own(PLACE, BIDDER, (&sealed.content, &sealed.for_opening)).is_err());
    let elsewhere = Place { bid: BidId::from_uuid(Uuid::from_u128(4)), ..PLACE };
    assert!(keys.read_own(elsewhere, BIDDER, (&sealed.content, &sealed.for_bidder)).is_err());
    let others = SealingKeys::made().unwrap();
    let refused = others.read_own(PLACE, BIDDER, (&sealed.content, &sealed.for_bidder)).unwrap_err();
    assert!(matches!(refused, Refused::Unreadable(Unreadable::UnknownKey)), "{refused}");
}

#[test]
fn a_confirmed_bid_answers_the_later_wording_and_waits_for_the_later_deadline() {
    let keys = SealingKeys::made().unwrap();
    let mut sealed = keys.seal(PLACE, BIDDER, &content("karité"), terms()).unwrap();
    let later = Terms { not_before: deadline() + TimeDelta::days(7), version: 4 };
    sealed.for_opening = keys.confirm(PLACE, BIDDER, &sealed.for_bidder, later).unwrap();

    assert_eq!(opened(&keys, PLACE.request, deadline(), &sealed), None);
    assert_eq!(opened(&keys, PLACE.request, later.not_before, &sealed), Some((content("karité"), 4)));
}

#[test]
fn a_bid_is_opened_with_the_key_that_it_was_sealed_with() {
    let before = SealingKeys::made().unwrap();
    let sealed = before.seal(PLACE, BIDDER, &content("karité"), terms()).unwrap();
    let after = SealingKeys::read(&before.with_another().unwrap().write().unwrap()).unwrap();

    assert!(opened(&after, PLACE.request, deadline(), &sealed).is_some());
    assert_eq!(after.tag(PLACE.request, BIDDER).unwrap(), before.tag(PLACE.request, BIDDER).unwrap());
}

#[test]
fn what_is_sealed_twice_looks_different_and_is_as_long_as_many_others() {
    let keys = SealingKeys::made().unwrap();
    let seal = |text: &str| keys.seal(PLACE, BIDDER, &content(text), terms()).unwrap();
    let (one, two, long) = (seal("1"), seal("1"), seal(&"1".repeat(800)));

    assert!(one.content != two.content && one.for_opening != two.for_opening && one.for_bidder != two.for_bidder);
    assert_eq!(one.content.len(), long.content.len());
    assert_eq!(one.for_opening.len(), one.for_bidder.len());
}

#[test]
fn nothing_of_it_is_printed() {
    assert!(!format!("{:?}", content("karité")).contains("karit"));
}

proptest! {
    /// Whatever bit is turned of what the database keeps, nothing is read of it.
    #[test]
    fn what_was_tampered_with_is_not_read(part in 0_usize..3, at in any::<prop::sample::Index>(), bit in 0_u32..8) {
        let keys = SealingKeys::made().unwrap();
        let mut sealed = keys.seal(PLACE, BIDDER, &content("karité"), terms()).unwrap();
        let bytes = match part {
            0 => &mut sealed.content,
            1 => &mut sealed.for_opening,
            _ => &mut sealed.for_bidder,
        };
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let far = deadline() + TimeDelta::days(100_000);
        let by_opening = opened(&keys, PLACE.request, far, &sealed);
        let by_bidder = keys.read_own(PLACE, BIDDER, (&sealed.content, &sealed.for_bidder)).ok();
        prop_assert_eq!((by_opening.is_some(), by_bidder.is_some()), (part == 2, part == 1));
    }
}
