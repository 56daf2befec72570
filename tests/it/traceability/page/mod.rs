//! The page behind the code on a bag.

mod browsing;
mod codes;
mod reading;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::{LotRow, Made, Rows};
use crate::harness::TestApp;

/// The code of the lot that the story ends with.
const CODE: &str = "7KQ4M0210000";
const HTML: (&str, &str) = ("accept", "text/html");

/// Shea butter of a cooperative of Ségou: kernels of four women and a man, delivered in September and October, were put together,
/// inspected, and made into butter in Bougouni, which went to a firm in Bamako.
struct Story {
    app: TestApp,
    owner: String,
    cooperative: Uuid,
    butter: Made,
}

impl Story {
    async fn of(app: TestApp) -> Self {
        let rows = Rows(&app);
        let (owner, cooperative) = rows.organization("COOPERATIVE", "Benkadi", "segou").await;
        let (_, firm) = rows.organization("SME", "Sitoulou Bamako", "bamako").await;
        let people = [
            ("Aminata Coulibaly", "FEMALE", true, 120, "09-14", true),
            ("Fanta Diarra", "FEMALE", true, 80, "09-20", true),
            ("Kadiatou Traoré", "FEMALE", false, 150, "10-02", true),
            ("Oumou Sangaré", "FEMALE", true, 50, "10-05", false),
            ("Modibo Keïta", "MALE", false, 75, "10-06", false),
            ("Personne", "UNDISCLOSED", false, 25, "10-06", false),
        ];
        let mut kernels = Vec::new();
        for (number, (name, gender, is_named, kilograms, day, is_confirmed)) in people.into_iter().enumerate() {
            let producer = rows.producer(cooperative, name, gender, is_named).await;
            let code = format!("KERNEL{number}");
            let lot = LotRow { code: &code, kilograms, made_on: day, kind: "DELIVERY", ..kernel(cooperative) };
            kernels.push((rows.delivery(producer, lot, is_confirmed).await, kilograms));
        }
        let together = LotRow {
            code: "KERNELS",
            kilograms: 500,
            made_on: "10-10",
            kind: "AGGREGATION",
            of: &kernels,
            ..kernel(cooperative)
        };
        let together = rows.lot(together).await;
        rows.event(cooperative, "INSPECTION", "10-12", &["KERNELS"], &Value::Null, None).await;
        let butter = LotRow {
            code: CODE,
            product: "shea-butter",
            place: Some("bougouni"),
            kilograms: 180,
            made_on: "10-20",
            kind: "TRANSFORMATION",
            of: &[(together, 500)],
            ..kernel(cooperative)
        };
        let butter = rows.lot(butter).await;
        let sent = json!({ "quantityList": [
            { "epcClass": format!("http://127.0.0.1:8080/trace/{CODE}"), "quantity": 180.0, "uom": "KGM" },
        ] });
        rows.event(cooperative, "SHIPMENT", "10-24", &[CODE], &sent, None).await;
        rows.event(firm, "RECEIPT", "10-26", &[CODE], &sent, None).await;
        Self { app, owner, cooperative, butter }
    }

    fn rows(&self) -> Rows<'_> {
        Rows(&self.app)
    }

    /// Has the cooperative certified as organic for this year, and gives the certificate.
    async fn certify(&self) -> String {
        let holder = bfw::accounts::OrganizationId::from_uuid(self.cooperative);
        let input = json!({
            "organizationId": holder, "schemeCode": "ORGANIC_EU", "number": "ML-BIO-2026-017", "issuerName": "Ecocert",
            "validFrom": "2026-01-01", "validUntil": "2026-12-31", "productCodes": ["shea"],
        });
        let submit = "mutation($input: SubmitCertificateInput!) { submitCertificate(input: $input) {
            certificate { id } userErrors { code message path } } }";
        let payload = self.app.expect_payload(Some(&self.owner), submit, input).await;
        let certificate = payload["certificate"]["id"].as_str().unwrap().to_owned();
        let verifier = self.app.verifier("verifier@exemple.ml").await;
        let verify = "mutation($input: VerifyCertificateInput!) { verifyCertificate(input: $input) {
            certificate { status } userErrors { code message path } } }";
        self.app.expect_payload(Some(&verifier), verify, json!({ "certificateId": certificate })).await;
        certificate
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        get(&self.app, path, headers).await
    }

    /// The page, in French.
    async fn page(&self) -> String {
        let answer = self.get(&format!("/trace/{CODE}"), &[HTML]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.text()
    }

    /// The facts.
    async fn facts(&self) -> Value {
        facts_of(&self.app, CODE).await
    }
}

/// Kernels that a cooperative has in Ségou.
fn kernel(maker: Uuid) -> LotRow<'static> {
    LotRow {
        code: "",
        product: "shea-kernel",
        maker,
        place: None,
        kilograms: 0,
        kind: "DELIVERY",
        made_on: "10-01",
        of: &[],
    }
}

/// A lot on whose way there are more steps than a page tells, each at a place of another name.
async fn long_way(story: &Story) -> &'static str {
    let rows = story.rows();
    let mut before = story.butter;
    for number in 0..70 {
        let code = if number == 69 { "END000000000".to_owned() } else { format!("STEP{number}") };
        let lot = LotRow {
            code: &code,
            product: "shea-butter",
            place: Some(["sikasso", "kayes", "mopti", "koutiala"][number % 4]),
            kilograms: 100,
            made_on: "10-30",
            kind: "AGGREGATION",
            of: &[(before, 100)],
            ..kernel(story.cooperative)
        };
        before = rows.lot(lot).await;
    }
    "END000000000"
}

/// What was answered.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The facts of a lot.
async fn facts_of(app: &TestApp, code: &str) -> Value {
    let answer = get(app, &format!("/trace/{code}"), &[("accept", "application/json")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.send(request.body(Body::empty()).unwrap()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
    Answer { status, headers, body }
}
