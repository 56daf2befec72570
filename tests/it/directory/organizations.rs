//! Registering and changing organizations.

use bfw::{accounts::OrganizationId, kernel::locale::Locale};
use db_test::db_test;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{REGISTER, UPDATE, cooperative};
use crate::harness::app::TestApp;

async fn registered(app: &TestApp, token: &str, changes: Value) -> Value {
    app.expect_payload(Some(token), REGISTER, cooperative(changes)).await["organization"].take()
}

fn id_of(organization: &Value) -> &str {
    organization["id"].as_str().unwrap()
}

#[db_test]
async fn whoever_registers_an_organization_owns_it(app: TestApp) {
    // given
    let token = app.sign_up("awa@exemple.ml").await;

    // when
    let input = json!({
        "phone": "76 12 34 56", "email": "Benkadi@Exemple.ML", "languages": ["bm", "FR", "bm"],
        "description": "Beurre de karité et soumbala.\nDepuis 2011.", "totalMembers": 42,
        "location": { "latitude": 13.43, "longitude": -6.21 },
        "registrations": [{ "scheme": "RSC", "value": "ma-seg-2021-c-42" }, { "scheme": "NIF", "value": "081 234 567" }],
    });
    let organization = registered(&app, &token, input).await;

    // then
    assert_eq!(organization["version"], 1);
    assert_eq!(organization["phone"], "+22376123456");
    assert_eq!(organization["email"], "benkadi@exemple.ml");
    assert_eq!(organization["languages"], json!(["bm", "fr"]));
    assert_eq!(organization["place"]["code"], "segou");
    assert_eq!(organization["place"]["kind"], "REGION");
    assert_eq!(organization["place"]["parent"]["code"], "ml");
    assert_eq!(organization["ownershipProfile"]["totalMembers"], 42);
    assert_eq!(organization["ownershipProfile"]["womenMembers"], Value::Null);
    assert_eq!(
        organization["registrations"][0],
        json!({ "scheme": "RSC", "value": "ma-seg-2021-c-42", "normalized": "MA.SEG.2021.C.42", "hasUsualForm": true })
    );
    let viewer = "{ viewer { memberships { role organization { id name } } } }";
    let viewer = app.expect_data(Some(&token), viewer, json!({})).await;
    let expected =
        json!([{ "role": "OWNER", "organization": { "id": organization["id"], "name": organization["name"] } }]);
    assert_eq!(viewer["viewer"]["memberships"], expected);
    let trail = "query($id: ID!) { auditTrail(subjectId: $id) { edges { node { action after onBehalfOf } } } }";
    let trail = app.expect_data(Some(&token), trail, json!({ "id": organization["id"] })).await;
    let kept = &trail["auditTrail"]["edges"];
    assert_eq!(kept[0]["node"]["action"], "organization.register", "{trail}");
    assert_eq!(kept[0]["node"]["onBehalfOf"], organization["id"], "{trail}");
    assert_eq!(kept.as_array().unwrap().len(), 1);
    let kept = kept.to_string();
    assert!(!kept.contains("76123456") && !kept.contains("benkadi@"), "contacts can be erased: {kept}");
}

#[db_test]
async fn everything_that_is_wrong_is_told_at_once_and_nothing_is_kept(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let input = cooperative(json!({
        "name": "Jigi\u{0}ya", "placeCode": "segouu", "phone": "12", "email": "benkadi", "languages": ["bm", "tlh"],
        "description": "x".repeat(5_001), "location": { "latitude": -6.21, "longitude": 13.43 }, "totalMembers": 3,
        "registrations": [
            { "scheme": "RCCM", "value": "MA.BKO.2024.B.157" }, { "scheme": "RCCM", "value": "ma bko 2024 b 157" },
            { "scheme": "NINA", "value": "en cours" },
        ],
        "marketName": "Marché\u{202e}rose",
    }));
    let told = app.user_errors(Some(&token), REGISTER, input).await;
    let told: Vec<(&str, &str)> = told.iter().map(|(code, path)| (code.as_str(), path.as_str())).collect();
    assert_eq!(
        told,
        [
            ("INVALID_CHARACTERS", "input.name"),
            ("TOO_LONG", "input.description"),
            ("INVALID_CHARACTERS", "input.marketName"),
            ("INVALID_PHONE", "input.phone"),
            ("INVALID_EMAIL", "input.email"),
            ("UNKNOWN_PLACE", "input.placeCode"),
            ("LOCATION_OUT_OF_BOUNDS", "input.location"),
            ("INVALID_VALUE", "input.languages.1"),
            ("DUPLICATE_REGISTRATION", "input.registrations.1.value"),
            ("INVALID_REGISTRATION", "input.registrations.2.value"),
            ("TOO_FEW_MEMBERS", "input.totalMembers"),
        ]
    );
    let list = app.expect_data(None, "{ organizations { totalCount } }", json!({})).await;
    assert_eq!(list["organizations"]["totalCount"], 0);
}

#[db_test]
async fn a_scoops_with_three_members_is_told_why_not_and_an_unknown_place_which_are_near(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let input = cooperative(json!({ "totalMembers": 3, "placeCode": "segouu" }));
    let answer = app.graphql(Some(&token), REGISTER, json!({ "input": input })).await;
    let errors = answer["data"]["registerOrganization"]["userErrors"].as_array().unwrap();
    let message = |code: &str| {
        let error =
            errors.iter().find(|error| error["code"] == code).unwrap_or_else(|| panic!("no {code}: {errors:?}"));
        error["message"].as_str().unwrap().to_owned()
    };
    let too_few = message("TOO_FEW_MEMBERS");
    assert!(too_few.contains("SCOOPS") && too_few.contains('5') && too_few.contains("204-205"), "{too_few}");
    assert!(message("UNKNOWN_PLACE").contains("segou"), "{errors:?}");
    assert_eq!(answer["data"]["registerOrganization"]["organization"], Value::Null);

    let form = cooperative(json!({ "kind": "PUBLIC_BODY" }));
    assert_eq!(
        app.user_errors(Some(&token), REGISTER, form).await,
        [("LEGAL_FORM_NOT_ALLOWED".to_owned(), "input.legalForm".to_owned())]
    );
}

#[db_test]
async fn names_of_every_script_are_kept_and_found_without_accents(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    for name in ["Coopérative «Bɛnkadi» 🌾", "تعاونية نساء تمبكتو", "ߖߌ߬ߜߌ ߛߎߕߎߟߎ", "Benkadi\u{301} \u{65}\u{301}lan"]
    {
        let organization = registered(&app, &token, json!({ "name": name })).await;
        let read = app
            .expect_data(
                None,
                "query($id: ID!) { organization(id: $id) { name } }",
                json!({ "id": organization["id"] }),
            )
            .await;
        let composed: String = unicode_normal(name);
        assert_eq!(read["organization"]["name"], json!(composed));
    }
    let found =
        "query($text: String) { organizations(filter: { text: $text }) { edges { node { name } } totalCount } }";
    for (text, count) in [("benkadi", 2), ("BENKADI cooperative", 1), ("نساء", 1), ("100%_", 0), ("'; drop table", 0)]
    {
        let list = app.expect_data(None, found, json!({ "text": text })).await;
        assert_eq!(list["organizations"]["totalCount"], count, "{text}: {list}");
    }
}

fn unicode_normal(text: &str) -> String {
    bfw::kernel::text::TextRule::NAME.check(text, ["name"]).unwrap()
}

#[db_test]
async fn a_number_belongs_to_one_organization_and_one_of_a_person_is_for_insiders(app: TestApp) {
    // given
    let token = app.sign_up("awa@exemple.ml").await;
    let numbers =
        json!([{ "scheme": "NIF", "value": "081 234 567 A" }, { "scheme": "NINA", "value": "12345678901234a" }]);
    let first = registered(&app, &token, json!({ "registrations": numbers })).await;
    assert_eq!(first["registrations"].as_array().unwrap().len(), 2, "an owner sees both");

    // when another organization claims the same number in another spelling
    let other = app.sign_up("fatou@exemple.ml").await;
    let again = cooperative(json!({
        "name": "Coopérative Jigi",
        "registrations": [{ "scheme": "OTHER", "value": "AGR-1" }, { "scheme": "NIF", "value": "081234567-a" }],
    }));

    // then
    assert_eq!(
        app.user_errors(Some(&other), REGISTER, again).await,
        [("DUPLICATE_REGISTRATION".to_owned(), "input.registrations.1.value".to_owned())]
    );
    let query = "query($id: ID!) { organization(id: $id) { registrations { scheme } } }";
    for stranger in [None, Some(other.as_str())] {
        let seen = app.expect_data(stranger, query, json!({ "id": first["id"] })).await;
        assert_eq!(seen["organization"]["registrations"], json!([{ "scheme": "NIF" }]));
    }
    let update =
        json!({ "organizationId": first["id"], "registrations": [{ "scheme": "NIF", "value": "081234567A" }] });
    let kept = app.expect_payload(Some(&token), UPDATE, update).await;
    assert_eq!(
        kept["organization"]["registrations"],
        json!([{ "normalized": "081234567A" }]),
        "its own number stays its"
    );
    let nif =
        json!({ "name": "Coopérative Jigi", "registrations": [{ "scheme": "NINA", "value": "12345678901234A" }] });
    assert_eq!(registered(&app, &other, nif).await["version"], 1, "a number that was given up is free");
}

#[db_test]
async fn the_same_key_registers_once(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let keyed = json!({ "idempotencyKey": "tablet-7/1" });
    let first = registered(&app, &token, keyed.clone()).await;
    let second = registered(&app, &token, keyed).await;
    assert_eq!(first["id"], second["id"]);
    let other = cooperative(json!({ "idempotencyKey": "tablet-7/1", "name": "Une autre" }));
    assert_eq!(
        app.user_errors(Some(&token), REGISTER, other).await,
        [("IDEMPOTENCY_CONFLICT".to_owned(), "input.idempotencyKey".to_owned())]
    );
    let list = app.expect_data(None, "{ organizations { totalCount } }", json!({})).await;
    assert_eq!(list["organizations"]["totalCount"], 1);
}

#[db_test]
async fn what_is_left_out_stays_and_null_empties(app: TestApp) {
    // given
    let token = app.sign_up("awa@exemple.ml").await;
    let contacts = json!({ "phone": "76123456", "email": "a@exemple.ml", "description": "Karité" });
    let organization = registered(&app, &token, contacts).await;
    let update = |changes: Value| {
        let mut input = json!({ "organizationId": organization["id"] });
        for (field, value) in changes.as_object().unwrap() {
            input[field] = value.clone();
        }
        input
    };

    // when
    let changes = update(json!({ "phone": null, "placeCode": "Timbuktu", "expectedVersion": 1, "stall": "Hangar 4" }));
    let changed = app.expect_payload(Some(&token), UPDATE, changes).await;

    // then
    let changed = &changed["organization"];
    assert_eq!(changed["version"], 2);
    assert_eq!((&changed["phone"], &changed["email"]), (&Value::Null, &json!("a@exemple.ml")));
    assert_eq!(changed["description"], "Karité");
    assert_eq!(changed["place"]["code"], "tombouctou");
    let late = update(json!({ "name": "Trop tard", "expectedVersion": 1 }));
    assert_eq!(
        app.user_errors(Some(&token), UPDATE, late).await,
        [("VERSION_CONFLICT".to_owned(), "input.expectedVersion".to_owned())]
    );
    let same = app.expect_payload(Some(&token), UPDATE, update(json!({ "stall": "Hangar 4" }))).await;
    assert_eq!(same["organization"]["version"], 2, "a change of nothing is no change");
    let emptied = update(json!({ "name": null, "placeCode": null }));
    let told = app.user_errors(Some(&token), UPDATE, emptied).await;
    let required = |field: &str| ("REQUIRED".to_owned(), format!("input.{field}"));
    assert_eq!(told, [required("name"), required("placeCode")]);
}

#[db_test]
async fn only_those_who_act_for_an_organization_change_it(app: TestApp) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let stranger = app.sign_up("fatou@exemple.ml").await;
    let organization = registered(&app, &owner, json!({})).await;
    let code = async |token: Option<&str>, id: &str| {
        let input = json!({ "organizationId": id, "name": "Prise" });
        app.user_errors(token, UPDATE, input).await.remove(0).0
    };
    assert_eq!(code(Some(&stranger), id_of(&organization)).await, "FORBIDDEN");
    assert_eq!(code(None, id_of(&organization)).await, "UNAUTHENTICATED");
    let nobody = OrganizationId::from_uuid(uuid::Uuid::max()).to_string();
    assert_eq!(code(Some(&stranger), &nobody).await, "NOT_FOUND");
    assert_eq!(code(None, &nobody).await, "UNAUTHENTICATED", "whether it exists is not told to nobody");
    assert_eq!(code(Some(&owner), "listing_7zzzzzzzzzzzzzzzzzzzzzzzzz").await, "INVALID_ID");
    let anonymous = app.user_errors(None, REGISTER, cooperative(json!({}))).await;
    assert_eq!(anonymous[0].0, "UNAUTHENTICATED");
}

#[db_test]
async fn a_new_legal_form_must_fit_the_members_that_were_declared(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let organization = registered(&app, &token, json!({ "totalMembers": 12 })).await;
    let bigger = json!({ "organizationId": organization["id"], "legalForm": "COOP_CA" });
    assert_eq!(
        app.user_errors(Some(&token), UPDATE, bigger).await,
        [("TOO_FEW_MEMBERS".to_owned(), "input.legalForm".to_owned())]
    );
    let informal = json!({ "organizationId": organization["id"], "legalForm": "INFORMAL_GROUP" });
    let changed = app.expect_payload(Some(&token), UPDATE, informal).await;
    assert_eq!(changed["organization"]["legalForm"], "INFORMAL_GROUP");
}

#[db_test]
async fn each_language_has_its_own_description(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let organization = registered(&app, &token, json!({ "description": "Beurre de karité" })).await;
    let english =
        json!({ "organizationId": organization["id"], "description": "Shea butter", "descriptionLanguage": "EN" });
    app.expect_payload(Some(&token), UPDATE, english).await;
    let query = "query($id: ID!) { organization(id: $id) { descriptionLanguages fr: description(language: FR)
        en: description(language: EN) bm: description(language: BM) } }";
    let read = app.expect_data(None, query, json!({ "id": organization["id"] })).await;
    let expected = json!({
        "descriptionLanguages": ["FR", "EN"], "fr": "Beurre de karité", "en": "Shea butter", "bm": "Beurre de karité",
    });
    assert_eq!(read["organization"], expected, "{:?} falls back to French", Locale::Bm);
}

#[db_test]
async fn of_two_who_race_for_a_number_the_loser_is_told_which(app: TestApp) {
    let (first, second) = (app.sign_up("awa@exemple.ml").await, app.sign_up("binta@exemple.ml").await);
    for round in 0..6 {
        let number = |number: i32| json!({ "scheme": "NIF", "value": format!("08{round}12345{number}K") });
        let input = |own: i32| {
            let registrations = [number(own), json!({ "scheme": "RCCM", "value": format!("MA.BKO.2024.B.{round}") })];
            cooperative(json!({ "registrations": registrations }))
        };
        let (one, two) = tokio::join!(
            app.graphql(Some(&first), REGISTER, json!({ "input": input(1) })),
            app.graphql(Some(&second), REGISTER, json!({ "input": input(2) })),
        );
        let payloads = [&one["data"]["registerOrganization"], &two["data"]["registerOrganization"]];
        let refused: Vec<_> = payloads.iter().filter(|payload| payload["organization"].is_null()).collect();
        assert_eq!(refused.len(), 1, "{one} {two}");
        let error = &refused[0]["userErrors"][0];
        assert_eq!(error["code"], "DUPLICATE_REGISTRATION", "{error}");
        assert_eq!(error["path"], json!(["input", "registrations", "1", "value"]), "{error}");
        assert!(error["message"].as_str().unwrap().contains("RCCM"), "{error}");
    }
}

#[db_test]
async fn an_organization_that_is_not_there_is_told_at_its_field(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let nowhere = bfw::accounts::OrganizationId::from_uuid(uuid::Uuid::from_u128(1)).to_string();
    for mutation in [UPDATE, super::DECLARE] {
        let told = app.user_errors(Some(&token), mutation, json!({ "organizationId": nowhere })).await;
        assert_eq!(told, [("NOT_FOUND".to_owned(), "input.organizationId".to_owned())]);
    }
}

#[db_test]
async fn another_edition_of_the_places_moves_the_organizations(app: TestApp) {
    // given: an organization as an older edition had it
    let token = app.sign_up("awa@exemple.ml").await;
    let id = app.register(&token, "COOPERATIVE", "Benkadi").await;
    app.settle().await;
    let connection = app.database.connect().await;
    for statement in [
        "UPDATE organization SET region_code = 'kayes', cercle_code = 'kita'",
        "UPDATE reference_data SET digest = 'older' WHERE name = 'places'",
    ] {
        connection.execute_unprepared(statement).await.unwrap();
    }
    connection.close().await.unwrap();

    // when
    bfw::directory::Directory::start(app.app.services.clone(), app.below(), 1).await.unwrap();

    // then: lists by region find it where it lies, and search is told
    let query = "query($place: String!) { organizations(filter: { placeCode: $place }) { edges { node { id } } } }";
    let listed = async |place: &str| {
        app.expect_data(None, query, json!({ "place": place })).await["organizations"]["edges"].take()
    };
    assert_eq!(listed("segou").await, json!([{ "node": { "id": id } }]));
    assert_eq!(listed("kayes").await, json!([]));
    assert!(bfw::kernel::outbox::has_work(&app.app.services.db, app.app.services.now()).await.unwrap());
}
