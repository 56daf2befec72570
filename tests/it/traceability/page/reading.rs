//! What the page and the facts say.

use axum::http::StatusCode;
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::json;

use super::{CODE, HTML, Story, facts_of, get, kernel, long_way};
use crate::{
    harness::TestApp,
    traceability::{lots::Yard, rows::LotRow},
};

#[db_test]
async fn the_page_says_what_it_is_who_grew_it_and_what_happened(app: TestApp) {
    // given
    let story = Story::of(app).await;

    // when
    let page = story.page().await;

    // then
    for text in [
        "<html lang=\"fr\">",
        "<h1>Beurre de karité</h1>",
        CODE,
        "fait par Benkadi",
        "20 octobre 2026",
        "Bougouni",
        "180\u{a0}kg",
        "Plus de la moitié est cultivée par des femmes",
        "<b>80\u{a0}%</b> par des femmes",
        "<b>15\u{a0}%</b> par d'autres",
        "<b>5\u{a0}%</b> inconnu",
        "4 femmes parmi 6 personnes qui ont livré.",
        "70\u{a0}% confirmés par les personnes mêmes qui ont livré",
        "Aminata Coulibaly · Fanta Diarra · Oumou Sangaré",
        "14–20 septembre 2026",
        "Amande de karité, 200\u{a0}kg",
        "de 2 personnes",
        "Transformé",
        "Sitoulou Bamako, Bamako",
        "Aucun certificat ne couvre ce lot.",
        "Carte du Mali avec le chemin du lot : Ségou, Bougouni, Bamako",
    ] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    assert!(page.len() <= 50 * 1024, "{} bytes", page.len());
    for active in ["<script", "src=", "@import", "url(", " style=\"", "onclick"] {
        assert!(!page.contains(active), "{active}");
    }
}

#[db_test]
async fn nobody_is_named_who_did_not_agree(app: TestApp) {
    let story = Story::of(app).await;
    let (page, facts) = (story.page().await, story.facts().await.to_string());
    for name in ["Kadiatou", "Modibo", "Personne"] {
        assert!(!page.contains(name) && !facts.contains(name), "{name}");
    }
}

#[db_test]
async fn programs_get_the_same_facts(app: TestApp) {
    // given
    let story = Story::of(app).await;

    // when
    let facts = story.facts().await;

    // then
    assert_eq!(facts["id"], format!("http://127.0.0.1:8080/trace/{CODE}"));
    assert_eq!((&facts["product"]["fr"], &facts["grams"]), (&json!("Beurre de karité"), &json!(180_000)));
    let growers = json!({
        "womenGrownShare": "0.8", "othersGrownShare": "0.15", "unknownShare": "0.05", "producerConfirmedShare": "0.7",
        "women": 4, "producers": 6, "names": ["Aminata Coulibaly", "Fanta Diarra", "Oumou Sangaré"], "namesLeftOut": 0,
    });
    assert_eq!(facts["growers"], growers);
    let steps = facts["steps"].as_array().unwrap();
    let kinds: Vec<&str> = steps.iter().map(|step| step["kind"].as_str().unwrap()).collect();
    let expected = ["DELIVERY", "DELIVERY", "AGGREGATION", "INSPECTION", "TRANSFORMATION", "SHIPMENT", "RECEIPT"];
    assert_eq!(kinds, expected);
    assert_eq!(steps[1]["grams"], 300_000);
    assert_eq!((&steps[5]["grams"], &steps[6]["organization"]), (&json!(180_000), &json!("Sitoulou Bamako")));
    let makers: Vec<&str> =
        facts["makers"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(makers, ["Benkadi", "Sitoulou Bamako"]);
}

#[db_test]
async fn a_delivery_that_was_otherwise_counts_as_it_was_and_once(yard: Yard) {
    // given
    let delivery = yard.done("recordDelivery", yard.delivery(&yard.woman, "100")).await;
    let code = delivery["lot"]["code"].as_str().unwrap();
    let told = async || {
        let facts = facts_of(&yard.app, code).await;
        let growers = &facts["growers"];
        json!([facts["grams"], growers["womenGrownShare"], growers["othersGrownShare"], growers["producers"]])
    };
    assert_eq!(told().await, json!([100_000, "1", "0", 1]));

    // when
    yard.later(1);
    let instead = json!({ "quantity": { "value": "80", "unit": "KGM" }, "producerId": yard.man });
    let wrong = json!({ "eventId": delivery["event"]["id"], "reason": "INCORRECT_DATA", "instead": instead });
    yard.done("correctEvent", wrong).await;

    // then
    assert_eq!(told().await, json!([80_000, "0", "1", 1]));
}

#[db_test]
async fn a_certificate_is_told_as_it_was_and_as_it_is(app: TestApp) {
    // given
    let story = Story::of(app).await;
    let certificate = story.certify().await;

    // when, then: it covers what the cooperative took in and made
    let claim = story.facts().await["claims"][0].clone();
    assert_eq!((&claim["scheme"]["code"], &claim["share"]), (&json!("ORGANIC_EU"), &json!("1")));
    assert_eq!((&claim["statusThen"], &claim["statusNow"]), (&json!("VERIFIED"), &json!("VERIFIED")));
    let credential = claim["certificate"]["credential"].as_str().unwrap().to_owned();
    let page = story.page().await;
    for text in
        ["Valable quand le lot a été fait", "Valable aujourd'hui, jusqu'au 31 décembre 2026", "Couvre tout le lot"]
    {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    let signed = get(&story.app, credential.strip_prefix("http://127.0.0.1:8080").unwrap(), &[HTML]).await;
    assert_eq!(signed.status, StatusCode::OK);

    // when it runs out, then that is no fault of the lot
    story.app.clock.advance(TimeDelta::days(90));
    let claim = story.facts().await["claims"][0].clone();
    assert_eq!((&claim["statusThen"], &claim["statusNow"]), (&json!("VERIFIED"), &json!("EXPIRED")));

    // when it is taken back for the days of the lot, then nothing may be claimed, and that is told
    let revoke = "mutation($input: RevokeCertificateInput!) { revokeCertificate(input: $input) {
        certificate { status } userErrors { code message path } } }";
    let verifier = story.app.verifier("awa.verifier@exemple.ml").await;
    let input = json!({
        "certificateId": certificate, "effectiveFrom": "2026-10-01", "retroactive": true, "reason": "fraude",
    });
    story.app.expect_payload(Some(&verifier), revoke, input).await;
    let claim = story.facts().await["claims"][0].clone();
    assert_eq!((&claim["share"], &claim["statusThen"]), (&json!("0"), &json!("REVOKED")));
    assert!(story.page().await.contains("Retiré pour le jour où le lot a été fait"));
}

#[db_test]
async fn a_recall_comes_first_until_it_ends(app: TestApp) {
    // given
    let story = Story::of(app).await;
    let recall = story.rows().recall(story.cooperative, CODE, story.butter, "Odeur de moisi <dans un pot>").await;

    // when
    let page = story.page().await;

    // then
    let notice = page.find("Produit rappelé : ne l'utilisez pas").unwrap();
    assert!(notice < page.find("<h1>").unwrap());
    assert!(page.contains("Odeur de moisi &lt;dans un pot&gt;"), "{page}");
    assert!(page.contains("href=\"tel:+22376123456\""));
    assert_eq!(story.facts().await["recalls"][0]["organization"], "Benkadi");

    // when
    story.rows().end_recall(recall).await;

    // then
    assert!(!story.page().await.contains("Produit rappelé"));
}

#[db_test]
async fn what_was_declared_an_error_is_told_and_counts_no_more(app: TestApp) {
    // given
    let story = Story::of(app).await;
    story.rows().declare_error(story.cooperative, story.butter).await;

    // when
    let (page, facts) = (story.page().await, story.facts().await);

    // then
    assert!(page.contains("Lot annulé.") && page.contains("Déclaré erroné par la suite"), "{page}");
    assert_eq!(facts["void"], true);
    let made = facts["steps"].as_array().unwrap().iter().find(|step| step["kind"] == "TRANSFORMATION");
    assert_eq!(made.unwrap()["void"], true);
}

#[db_test]
async fn a_lot_from_nowhere_is_grown_by_nobody_known(app: TestApp) {
    // given
    let story = Story::of(app).await;
    let lot = LotRow { code: "0RPHAN000000", kilograms: 5, kind: "CAPTURED", ..kernel(story.cooperative) };
    story.rows().lot(lot).await;

    // when
    let facts = facts_of(&story.app, "0RPHAN000000").await;

    // then
    assert_eq!(facts["growers"]["unknownShare"], "1");
    let page = get(&story.app, "/trace/0RPHAN000000", &[HTML]).await.text();
    assert!(page.contains("On ne sait pas qui l'a cultivé"), "{page}");
}

#[db_test]
async fn a_page_of_many_steps_stays_small_and_costs_no_more_statements(app: TestApp) {
    // given
    let story = Story::of(app).await;
    let path = format!("/trace/{CODE}");
    let (_, few) = story.app.statements_of(get(&story.app, &path, &[HTML])).await;
    let code = long_way(&story).await;

    // when
    let (answer, many) = story.app.statements_of(get(&story.app, &format!("/trace/{code}"), &[HTML])).await;

    // then
    assert_eq!(few, many);
    let page = answer.text();
    assert_eq!(page.matches("<p class=\"when\">").count(), 60, "{page}");
    assert!(page.contains("autres étapes ne sont pas montrées."));
    assert!(page.len() <= 50 * 1024, "{} bytes", page.len());
}

#[db_test]
async fn the_page_speaks_the_language_that_is_asked_for(app: TestApp) {
    // given
    let story = Story::of(app).await;
    let path = format!("/trace/{CODE}");

    // when
    let english = story.get(&format!("{path}?lang=en"), &[HTML, ("accept-language", "fr")]).await.text();
    let by_header = story.get(&path, &[HTML, ("accept-language", "en-GB")]).await.text();
    let bambara = story.get(&format!("{path}?lang=bm"), &[HTML]).await.text();

    // then
    assert_eq!(english, by_header);
    assert!(english.contains("<html lang=\"en\">") && english.contains("<b>80%</b> by women"), "{english}");
    assert!(bambara.contains("<html lang=\"bm\">") && bambara.contains("Musow y'a fanba sɛnɛ"), "{bambara}");
    assert!(bambara.contains("20 ɔkutɔburukalo 2026") && !bambara.contains("trace-page-"), "{bambara}");
}
