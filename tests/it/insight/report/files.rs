//! Reports as files, and verifying them at the command line.

use std::io::Read as _;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use bfw::demo::{self, SeedPlan};
use db_test::db_test;
use serde_json::Value;

use super::by_hand::make;
use crate::{
    harness::TestApp,
    operations::process::{run, stderr, stdout},
};

async fn get(app: &TestApp, token: Option<&str>, address: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::get(address);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let response = app.send(request.body(Body::empty()).unwrap()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

const ASKED: &str = "from=2026-07-01&to=2026-09-30&definition=IWA34_WOMEN_OWNED";

#[db_test]
async fn a_report_is_downloaded_as_a_table(app: TestApp) {
    let hands = make(&app).await;
    let address = |form: &str| format!("/reports/gender.{form}?{ASKED}&buyer={}", hands.buyer);

    let (status, headers, csv) = get(&app, Some(&hands.owner), &address("csv")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert_eq!(headers[header::CACHE_CONTROL], "private, no-store");
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.starts_with("formula,name,group,label,part,unit,value,numerator,"), "{csv}");
    assert!(csv.contains(
        "GRP-02@1,\"Part des marchés attribués aux femmes, en valeur\",,,XOF,SHARE,0.804545,354000.6,440001,"
    ));

    let (status, _, xlsx) = get(&app, Some(&hands.owner), &address("xlsx")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(xlsx.starts_with(b"PK"), "a workbook is an archive");
    let (status, _, json) = get(&app, Some(&hands.owner), &address("json")).await;
    assert_eq!(status, StatusCode::OK);
    let json: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["indicators"][0]["figures"][0]["value"], "0.5");
    assert_eq!(json["scope"]["buyer"], hands.buyer.to_string());
}

#[db_test]
async fn what_is_wrong_with_a_request_for_a_file_is_told(app: TestApp) {
    let hands = make(&app).await;
    let stranger = app.sign_up("passante@exemple.ml").await;
    let of_buyer = format!("/reports/gender.csv?{ASKED}&buyer={}", hands.buyer);
    for (token, address, expected) in [
        (None, format!("/reports/gender.csv?{ASKED}"), StatusCode::UNAUTHORIZED),
        (Some(&stranger), of_buyer, StatusCode::FORBIDDEN),
        (Some(&stranger), format!("/reports/gender.csv?{ASKED}"), StatusCode::OK),
        (Some(&stranger), format!("/reports/gender.pdf?{ASKED}"), StatusCode::NOT_FOUND),
        (Some(&stranger), format!("/reports/gender.csv?{ASKED}&sort=up"), StatusCode::BAD_REQUEST),
        (Some(&stranger), "/reports/gender.csv?from=2026-01-01".to_owned(), StatusCode::BAD_REQUEST),
        (Some(&stranger), format!("/reports/gender.csv?{ASKED}&groupBy=MOON"), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(get(&app, token.map(String::as_str), &address).await.0, expected, "{address}");
    }
}

#[db_test]
async fn the_command_line_writes_a_report_and_verifies_it(app: TestApp) {
    let plan = SeedPlan { organizations: 40, listings: 50, contracts: 40, seed: 6 };
    demo::seed(&app.app, &plan, |_| {}).await.unwrap();
    let file = |name: &str| app.database.folder.join(name).to_str().unwrap().to_owned();
    let (export, report) = (file("export.jsonl.gz"), file("report.json"));
    let gender = |out: &str| {
        let words =
            "report gender --from 2025-01-01 --to 2026-12-31 --definition IWA34_WOMEN_OWNED --group-by REGION --out";
        words.split(' ').map(str::to_owned).chain([out.to_owned()]).collect::<Vec<_>>()
    };
    let command = |words: Vec<String>| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        run(&app.database, &words)
    };

    let exported = command(vec!["export".into(), "ocds".into(), "--out".into(), export.clone()]);
    assert!(exported.status.success(), "{}", stderr(&exported));
    for out in [&report, &file("report.csv"), &file("report.xlsx")] {
        let written = command(gender(out));
        assert!(written.status.success(), "{}", stderr(&written));
    }
    let verified = command(vec!["report".into(), "verify".into(), export.clone(), report.clone()]);
    assert!(verified.status.success(), "{}{}", stdout(&verified), stderr(&verified));
    assert!(stdout(&verified).starts_with("verified: "), "{}", stdout(&verified));

    assert!(stdout(&verified).contains("GRP-22@1 is left out"), "{}", stdout(&verified));

    let audited = file("audit.jsonl.gz");
    let written = command(["export", "ocds", "--for-auditors", "--out", &audited].map(str::to_owned).to_vec());
    assert!(written.status.success(), "{}", stderr(&written));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&audited).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "its owner alone reads it");
    let whole = command(vec!["report".into(), "verify".into(), audited, report.clone()]);
    assert!(whole.status.success(), "{}{}", stdout(&whole), stderr(&whole));
    assert!(stdout(&whole).starts_with("verified: ") && !stdout(&whole).contains("left out"), "{}", stdout(&whole));

    let mut text = String::new();
    std::fs::File::open(&report).unwrap().read_to_string(&mut text).unwrap();
    let mut forged: Value = serde_json::from_str(&text).unwrap();
    forged["indicators"][0]["figures"][0]["numerator"] = "1000".into();
    std::fs::write(&report, forged.to_string()).unwrap();
    let refused = command(vec!["report".into(), "verify".into(), export, report]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stdout(&refused).contains("GRP-01@1: numerator: the report says 1000, the export comes to "),
        "{}",
        stdout(&refused)
    );
}
