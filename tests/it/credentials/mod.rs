//! Signed statements: issuing them, taking them back, handing them out, and checking them with programs that are not ours.

mod graphql;
mod issuing;
mod keys;
mod lists;
mod over_http;
mod pages;
mod stock;
mod tampering;
mod untp;
mod verifying;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use bfw::{
    accounts::OrganizationId,
    credentials::{
        Credential, CredentialDraft, CredentialId, CredentialStatus,
        model::conformity::{
            self, AssessmentLevel, ConformityStatement, ConformityTopic, Holder, ProductFacts, Registration,
            SchemeFacts,
        },
    },
    kernel::{Outcome, clock::Timestamp},
};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::TestApp;

/// An organic certificate of shea butter, from the first day of 2026 to the last of November.
fn statement(organization: OrganizationId, certificate: Uuid) -> ConformityStatement {
    ConformityStatement {
        certificate,
        number: "ML-BIO-2026-017".into(),
        scheme: SchemeFacts {
            code: "ORGANIC_EU".into(),
            name: "Agriculture biologique (Union européenne)".into(),
            description: None,
            version: None,
            since: None,
            owner: None,
            topic: ConformityTopic::Biodiversity,
        },
        issuer_name: "Ecocert".into(),
        level: AssessmentLevel::Unspecified,
        holder: Holder {
            organization,
            name: "Coopérative Benkadi <Ségou>".into(),
            registrations: vec![Registration { scheme: "RCCM".into(), value: "MA.SEG.2024.B.101".into() }],
        },
        products: vec![ProductFacts { code: "shea-butter".into(), name: "Beurre de karité".into() }],
        sites: vec!["Unité de Ségou".into()],
        volume_limit: None,
        criteria: Vec::new(),
        file: None,
        assessed_on: Some("2026-01-05".parse().unwrap()),
        valid_from: "2026-01-01".parse().unwrap(),
        valid_until: "2026-11-30".parse().unwrap(),
    }
}

/// An application with an organization, and what a certificate of hers is to say.
struct Holding {
    app: TestApp,
    organization: OrganizationId,
    certificate: Uuid,
}

impl Holding {
    async fn of(app: TestApp) -> Self {
        let token = app.sign_up("awa@exemple.ml").await;
        let organization = app.register(&token, "COOPERATIVE", "Benkadi").await.parse().unwrap();
        let certificate = app.app.services.ids.next_uuid();
        Self { app, organization, certificate }
    }

    fn draft(&self) -> CredentialDraft {
        conformity::draft(self.app.app.credentials.issuer(), &statement(self.organization, self.certificate))
    }

    /// A draft about another certificate of the same organization.
    fn another(&self) -> CredentialDraft {
        let certificate = self.app.app.services.ids.next_uuid();
        conformity::draft(self.app.app.credentials.issuer(), &statement(self.organization, certificate))
    }

    async fn issue(&self, draft: CredentialDraft) -> CredentialId {
        self.try_to_issue(draft).await.unwrap()
    }

    async fn try_to_issue(&self, draft: CredentialDraft) -> Outcome<CredentialId> {
        let tx = self.app.app.services.db.begin().await?;
        let id = self.app.app.credentials.issue(&tx, draft).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Says of the certificate what became of it, from an instant on.
    async fn say(&self, status: CredentialStatus, from: &str) -> u64 {
        let tx = self.app.app.services.db.begin().await.unwrap();
        let (credentials, kind) = (&self.app.app.credentials, conformity::SUBJECT_KIND);
        let told = credentials.set_status(&tx, kind, self.certificate, status, at(from), "contrôle").await.unwrap();
        tx.commit().await.unwrap();
        told
    }

    async fn credential(&self, id: CredentialId) -> Credential {
        self.app.app.credentials.credentials_by_ids(&[id]).await.unwrap().remove(&id).unwrap()
    }

    async fn bundle(&self, id: CredentialId) -> Value {
        self.get(&format!("/credentials/{id}/bundle"), "application/json").await.json()
    }

    async fn get(&self, path: &str, accept: &str) -> Answer {
        get(&self.app, path, &[(header::ACCEPT.as_str(), accept)]).await
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What was answered.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }
}

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.send(request.body(Body::empty()).unwrap()).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}
