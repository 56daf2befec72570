//! The officer's page: who reads it, what stands in it, and how it looks in a browser.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use bfw::demo::{self, SeedPlan};
use db_test::db_test;

use serde_json::json;

use crate::harness::{
    app::{PASSWORD, TestApp},
    browser::Browser,
    served::{SCREENS, Served, UNFIT},
};

const OFFICER: &str = "officiere@achats.exemple.ml";

async fn send(app: &TestApp, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = app.send(request).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

async fn get(app: &TestApp, address: &str, cookies: &str) -> (StatusCode, HeaderMap, String) {
    send(app, Request::get(address).header(header::COOKIE, cookies).body(Body::empty()).unwrap()).await
}

async fn post(app: &TestApp, address: &str, headers: &[(&str, &str)], form: &str) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(app, request.body(form.to_owned().into()).unwrap()).await
}

/// What a browser would send back of the cookies of an answer.
fn cookies(headers: &HeaderMap) -> String {
    let set = headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    set.map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

fn form(password: &str) -> String {
    let encoded =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    format!("identifier={}&password={}", encoded(OFFICER), encoded(password))
}

/// A marketplace with purchases, and an officer of a buyer of her own.
async fn marketplace(app: &TestApp) {
    let plan = SeedPlan { organizations: 60, listings: 100, contracts: 60, seed: 8 };
    demo::seed(&app.app, &plan, |_| {}).await.unwrap();
    let token = app.sign_up(OFFICER).await;
    app.register(&token, "PUBLIC_BODY", "Mairie <de> Ségou").await;
}

async fn signed_in(app: &TestApp) -> String {
    let (status, headers, _) =
        post(app, "/dashboard/sign-in", &[("sec-fetch-site", "same-origin")], &form(PASSWORD)).await;
    assert_eq!((status, &headers[header::LOCATION]), (StatusCode::SEE_OTHER, &"/dashboard".parse().unwrap()));
    for cookie in headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        for needed in ["; Path=/dashboard;", "; HttpOnly;", "; SameSite=Strict"] {
            assert!(cookie.contains(needed), "{needed} is missing: {cookie}");
        }
    }
    cookies(&headers)
}

#[db_test]
async fn whoever_is_not_signed_in_is_led_to_the_form(app: TestApp) {
    app.sign_up(OFFICER).await;
    for address in ["/dashboard", "/dashboard/share-over-time.csv"] {
        let (status, headers, _) = get(&app, address, "bfw_session=none").await;
        assert_eq!(
            (status, headers[header::LOCATION].to_str().unwrap()),
            (StatusCode::SEE_OTHER, "/dashboard/sign-in")
        );
    }

    let (status, _, page) = post(&app, "/dashboard/sign-in", &[], &form("faux")).await;

    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(page.contains("role=\"alert\"") && !page.contains(OFFICER), "{page}");
}

#[db_test]
async fn a_form_of_another_site_signs_nobody_in(app: TestApp) {
    app.sign_up(OFFICER).await;
    let foreign: &[&[(&str, &str)]] =
        &[&[("sec-fetch-site", "cross-site")], &[("origin", "https://ailleurs.example")], &[("origin", "null")]];
    for headers in foreign {
        let (status, answer, _) = post(&app, "/dashboard/sign-in", headers, &form(PASSWORD)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{headers:?}");
        assert!(!answer.contains_key(header::SET_COOKIE));
    }
}

#[db_test]
async fn the_cookie_outlives_the_access_token_and_ends_with_the_session(app: TestApp) {
    marketplace(&app).await;
    let cookie = signed_in(&app).await;
    assert_eq!(get(&app, "/dashboard", &cookie).await.0, StatusCode::OK);

    // The access token runs out; two pages that are opened at once both go on.
    app.clock.advance(chrono::TimeDelta::minutes(20));
    let (first, second) = tokio::join!(get(&app, "/dashboard", &cookie), get(&app, "/dashboard", &cookie));
    assert_eq!((first.0, second.0), (StatusCode::OK, StatusCode::OK));

    let (status, headers, _) = post(&app, "/dashboard/sign-out", &[("cookie", &cookie)], "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(headers.get_all(header::SET_COOKIE).iter().all(|set| set.to_str().unwrap().contains("Max-Age=0")));
    let (status, headers, _) = get(&app, "/dashboard", &cookie).await;
    assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/dashboard/sign-in"));
}

#[db_test]
async fn the_cookie_means_nothing_where_graphql_is_spoken(app: TestApp) {
    marketplace(&app).await;
    let cookie = signed_in(&app).await;
    let query = "{\"query\": \"{ viewer { user { id } } }\"}";
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, cookie)
        .body(query.into())
        .unwrap();

    let (_, _, answer) = send(&app, request).await;

    assert!(answer.contains("\"viewer\":null"), "{answer}");
}

#[db_test]
async fn figures_charts_and_tables_say_the_same(app: TestApp) {
    marketplace(&app).await;
    let cookie = signed_in(&app).await;
    let query = "buyer=&from=2025-01-01&to=2026-11-30&definition=WOMENS_COOPERATIVE&evidence=SELF_DECLARED";

    let (status, headers, page) = get(&app, &format!("/dashboard?{query}"), &cookie).await;

    assert_eq!(status, StatusCode::OK, "{page}");
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("form-action 'self'") && !policy.contains("script"), "{policy}");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert!(!page.contains("<script") && !page.contains("Mairie <de>"), "{page}");
    assert!(page.contains("Mairie &lt;de&gt; Ségou"), "her buyer can be chosen");
    for name in ["share-over-time", "share-by-region", "share-by-product", "requests"] {
        assert!(page.contains(&format!("id=\"{name}\"")), "no {name}: {page}");
        let (status, headers, csv) = get(&app, &format!("/dashboard/{name}.csv?{query}"), &cookie).await;
        assert_eq!(status, StatusCode::OK, "{csv}");
        assert!(
            headers[header::CONTENT_DISPOSITION]
                .to_str()
                .unwrap()
                .contains(&format!("{name}-2025-01-01-2026-11-30.csv"))
        );
        let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
        assert!(lines.len() > 1, "{name}: {csv}");
        // What stands first in the file stands on the page, too.
        let first = lines[1].split(',').next().unwrap().trim_matches('"');
        assert!(page.contains(first), "{first} of {name} is not on the page");
    }
    assert_eq!(get(&app, "/dashboard/nothing.csv", &cookie).await.0, StatusCode::NOT_FOUND);
    // Who buys late is for the buyer and for those who oversee all of them.
    assert!(!page.contains("id=\"late-payments\""));
}

#[db_test]
async fn what_is_asked_wrongly_is_told_and_anothers_purchases_are_not(app: TestApp) {
    marketplace(&app).await;
    let other = app.sign_up("autre@exemple.ml").await;
    let foreign = app.register(&other, "PUBLIC_BODY", "Gouvernorat de Mopti").await;
    let cookie = signed_in(&app).await;

    let (status, _, answer) = get(&app, "/dashboard?from=hier&evidence=oui", &cookie).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer.contains("hier") && answer.contains("oui"), "both are told: {answer}");
    let (status, ..) = get(&app, &format!("/dashboard?buyer={foreign}"), &cookie).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(get(&app, "/dashboard", &cookie).await.0, StatusCode::OK, "her own buyer is shown where nobody says");
}

#[db_test]
async fn a_browser_shows_it_at_every_width(app: TestApp) {
    let Some(browser) = Browser::open().await else { return };
    // given
    marketplace(&app).await;
    let served = Served::of(&app).await;
    browser.goto(&served.url("/dashboard")).await;
    assert_eq!(browser.eval("location.pathname").await, "/dashboard/sign-in");
    let sign_in = format!(
        "(() => {{ const [name, password] = document.querySelectorAll('input'); name.value = {}; password.value = {}; \
         document.forms[0].requestSubmit(); }})()",
        json!(OFFICER),
        json!(PASSWORD)
    );
    browser.eval(&sign_in).await;
    for _ in 0..100 {
        if browser.eval("location.pathname").await == "/dashboard" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let asked = "buyer=&from=2025-01-01&to=2026-11-30&definition=WOMENS_COOPERATIVE&evidence=SELF_DECLARED";
    for (width, height, is_phone) in SCREENS {
        // when
        browser.screen(width, height, is_phone).await;
        browser.goto(&served.url(&format!("/dashboard?{asked}"))).await;

        // then
        browser.picture(&format!("dashboard-{width}")).await;
        assert_eq!(browser.eval(UNFIT).await, json!([]), "at {width}");
        let drawn = browser.eval("document.querySelectorAll('svg.chart rect, svg.chart circle').length").await;
        assert!(drawn.as_i64().unwrap() > 3, "nothing is drawn");
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
    browser.close().await;
}
