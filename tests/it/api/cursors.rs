//! Cursors that were never given out: well-formed, of the right list, and of no row that the list can have.

use bfw::kernel::{
    clock::Timestamp,
    page::{CursorKey, SortValue, encode_cursor},
};
use db_test::db_test;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::TestApp;

/// What each list may be sorted by: the value that its cursors hold.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Integer,
    Text,
    Time,
    Missing,
}

fn value(kind: Kind) -> SortValue {
    match kind {
        Kind::Integer => SortValue::Integer(7),
        Kind::Text => SortValue::Text("a".to_owned()),
        Kind::Time => SortValue::Time("2026-11-02T08:00:00Z".parse().unwrap()),
        Kind::Missing => SortValue::Missing,
    }
}

#[db_test]
async fn a_forged_cursor_is_refused_by_every_list(app: TestApp) {
    use Kind::{Integer, Missing, Text, Time};
    let token = app.sign_up("awa@example.org").await;
    let organization = app.register(&token, "COOPERATIVE", "Sinignasigi").await;
    let listing = app.published(&token, &organization, json!({})).await;
    let of_organization = |field: &str| format!("organization(id: \"{organization}\") {{ {field} }}");
    let of_listing = |field: &str| format!("listing(id: \"{listing}\") {{ {field} }}");
    let sorted = |list: &str, field: &str, direction: &str| {
        format!("{list}(orderBy: {{ field: {field}, direction: {direction} }}, PAGE) {{ pageInfo {{ hasNextPage }} }}")
    };
    let page = |field: &str| format!("{field}(PAGE) {{ pageInfo {{ hasNextPage }} }}");
    let lists: Vec<(&str, &[Kind], String)> = vec![
        ("listings:created_at:desc", &[Missing], sorted("listings", "CREATED_AT", "DESC")),
        ("listings:updated_at:asc", &[Time], sorted("listings", "UPDATED_AT", "ASC")),
        ("listings:published_at:desc", &[Time, Missing], sorted("listings", "PUBLISHED_AT", "DESC")),
        ("listings:price_per_kilogram:asc", &[Integer, Missing], sorted("listings", "PRICE_PER_KILOGRAM", "ASC")),
        ("listings:published_at:desc", &[Time, Missing], of_organization(&page("listings"))),
        ("listing-versions", &[Integer], of_listing(&page("versions"))),
        ("reservations", &[Missing], of_listing(&page("reservations"))),
        ("organizations:name", &[Text], sorted("organizations", "NAME", "ASC")),
        ("organizations:created-desc", &[Time], sorted("organizations", "CREATED_AT", "DESC")),
        ("organizations:updated", &[Time], sorted("organizations", "UPDATED_AT", "ASC")),
        ("members:joined", &[Time], of_organization(&page("members"))),
        ("invitations:newest", &[Time], of_organization(&page("invitations"))),
        ("certificates:holder", &[], of_organization(&page("certificates"))),
        (
            "ownership-declarations",
            &[Integer],
            of_organization(&format!("ownershipProfile {{ {} }}", page("declarations"))),
        ),
        ("ownership-evidence", &[Time], of_organization(&format!("ownershipProfile {{ {} }}", page("evidence")))),
        ("ownership-definitions", &[], page("ownershipDefinitions")),
        ("certification-schemes", &[], page("certificationSchemes")),
        ("places", &[], page("places")),
        ("places", &[], format!("place(code: \"segou\") {{ {} }}", page("children"))),
        ("products", &[], page("products")),
        (
            "audit:newest",
            &[Time],
            format!("auditTrail(subjectId: \"{listing}\", PAGE) {{ pageInfo {{ hasNextPage }} }}"),
        ),
    ];
    let extreme =
        [SortValue::Time(Timestamp::MAX_UTC), SortValue::Time(Timestamp::MIN_UTC), SortValue::Text("a\0b".to_owned())];
    for (list, kinds, query) in lists {
        let mut forged: Vec<SortValue> =
            [Integer, Text, Time, Missing].into_iter().filter(|kind| !kinds.contains(kind)).map(value).collect();
        forged.extend(extreme.clone());
        for sort in forged {
            let cursor = encode_cursor(list, &CursorKey { sort: sort.clone(), id: Uuid::from_u128(7) });
            for argument in ["after", "before"] {
                let size = if argument == "after" { "first" } else { "last" };
                let query = format!("{{ {} }}", query.replace("PAGE", &format!("{size}: 3, {argument}: \"{cursor}\"")));
                let answer = app.graphql(Some(&token), &query, json!({})).await;
                let error = &answer["errors"][0]["extensions"]["userErrors"][0];
                assert_eq!(error["code"], "INVALID_CURSOR", "{list} {sort:?}: {answer:#}");
                assert_eq!(error["path"], json!([argument]), "{list} {sort:?}");
            }
        }
        // One of the right kind is taken, wherever it stands: its row may be gone. The extreme numbers break nothing.
        let mut sound: Vec<SortValue> = kinds.iter().copied().map(value).collect();
        if kinds.contains(&Integer) {
            sound.extend([SortValue::Integer(i64::MAX), SortValue::Integer(i64::MIN)]);
        }
        for sort in sound {
            let cursor = encode_cursor(list, &CursorKey { sort: sort.clone(), id: Uuid::from_u128(7) });
            let query = format!("{{ {} }}", query.replace("PAGE", &format!("first: 3, after: \"{cursor}\"")));
            let answer: Value = app.graphql(Some(&token), &query, json!({})).await;
            assert!(answer["errors"].is_null(), "{list} {sort:?}: {answer:#}");
        }
    }
}
