//! The page that people see.

use bfw::credentials::{
    CredentialStatus,
    model::ownership::{self, OwnershipStatement},
};
use chrono::TimeDelta;
use db_test::db_test;

use super::{Holding, get};
use crate::harness::TestApp;

const HTML: (&str, &str) = ("accept", "text/html");

#[db_test]
async fn the_page_of_an_ownership_credential_names_the_definition(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let statement = OwnershipStatement {
        subject_kind: "evidence",
        subject_id: holding.certificate,
        holder: super::statement(holding.organization, holding.certificate).holder,
        definition: "IWA34_WOMEN_OWNED".into(),
        definition_name: "Entreprise détenue par des femmes".into(),
        source: "IWA 34:2021".into(),
        evidence_level: "DOCUMENT_VERIFIED".into(),
        assessed_on: "2026-10-01".parse().unwrap(),
        valid_from: "2026-10-01".parse().unwrap(),
        valid_until: "2027-09-30".parse().unwrap(),
    };

    // when
    let id = holding.issue(ownership::draft(holding.app.app.credentials.issuer(), &statement)).await;

    // then
    let page = get(&holding.app, &format!("/credentials/{id}"), &[HTML]).await;
    let sentence = "répond à la définition « Entreprise détenue par des femmes » (IWA 34:2021).";
    assert!(page.body.contains(sentence) && page.body.contains("MA.SEG.2024.B.101"), "{}", page.body);
    let context = get(&holding.app, "/credentials/context/v1", &[("accept", "application/ld+json")]).await;
    assert_eq!(context.header("content-type"), "application/ld+json");
    assert!(context.json()["@context"]["WomenOwnershipCredential"].is_string());
}

#[db_test]
async fn the_page_says_what_is_attested_of_whom_by_whom_and_whether_it_holds(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;

    // when
    let page = get(&holding.app, &format!("/credentials/{id}"), &[HTML]).await;

    // then
    for text in [
        "<html lang=\"fr\">",
        "Agriculture biologique (Union européenne) ML-BIO-2026-017",
        "Ecocert a certifié Coopérative Benkadi &lt;Ségou&gt;.",
        "Ecocert",
        "Buy From Women",
        "did:web:127.0.0.1%3A8080",
        "1er janvier 2026",
        "30 novembre 2026",
        "Valable",
        "Beurre de karité",
        "Unité de Ségou",
        "État au 2 novembre 2026",
        "<svg",
        "name=\"viewport\"",
    ] {
        assert!(page.body.contains(text), "{text} is not in {}", page.body);
    }
    assert!(page.body.contains(&format!("/credentials/{id}/bundle\"")));
    assert!(page.body.len() <= 50 * 1024, "{} bytes", page.body.len());
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    for active in ["<script", "src=", "@import", "url(", " style=\"", "onclick", "<Ségou>"] {
        assert!(!page.body.contains(active), "{active}");
    }
}

#[db_test]
async fn the_page_tells_what_became_of_it_and_when(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;
    let path = format!("/credentials/{id}");

    // when, then
    holding.say(CredentialStatus::Suspended, "2026-11-02T08:00:00Z").await;
    let page = get(&holding.app, &path, &[HTML]).await.body;
    assert!(page.contains("Suspendue") && page.contains("Depuis le 2 novembre 2026"), "{page}");

    holding.app.clock.advance(TimeDelta::days(1));
    holding.say(CredentialStatus::Active, "2026-11-03T00:00:00Z").await;
    holding.say(CredentialStatus::Revoked, "2026-11-10T00:00:00Z").await;
    let page = get(&holding.app, &path, &[HTML]).await.body;
    assert!(page.contains("class=\"status valid\""), "{page}");
    assert!(page.contains("3 novembre 2026 : rétablie (contrôle)"), "{page}");
    assert!(page.contains("10 novembre 2026 : sera révoquée (contrôle)"), "{page}");

    holding.app.clock.advance(TimeDelta::days(10));
    let page = get(&holding.app, &path, &[HTML]).await.body;
    assert!(page.contains("Révoquée") && page.contains("Depuis le 10 novembre 2026"), "{page}");
}

#[db_test]
async fn the_page_speaks_the_language_that_is_asked_for(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;
    let path = format!("/credentials/{id}");
    holding.app.clock.advance(TimeDelta::days(60));

    // when
    let french = get(&holding.app, &path, &[HTML]).await.body;
    let english = get(&holding.app, &format!("{path}?lang=en"), &[HTML, ("accept-language", "fr")]).await.body;
    let by_header = get(&holding.app, &path, &[HTML, ("accept-language", "en-GB")]).await.body;
    let bambara = get(&holding.app, &format!("{path}?lang=bm"), &[HTML]).await.body;

    // then
    assert!(french.contains("Expirée"));
    assert!(
        english.contains("Expired") && english.contains("<html lang=\"en\">") && english.contains("1 January 2026")
    );
    assert_eq!(english, by_header);
    assert!(bambara.contains("Expirée"));
}
