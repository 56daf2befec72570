//! Files that organizations hand in, over real HTTP, kept in a folder and in S3.

mod blobs;
mod pictures;
pub(crate) mod s3_server;
pub(crate) mod sealed;
mod seen;
mod sweeping;
mod uploading;
mod used;

use bfw::{documents::DocumentId, kernel::digest::Digest};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    harness::{Fixture, TestApp, TestDatabase},
    notifications::stay_signed_in,
};

pub(crate) const REQUEST: &str = "mutation($input: RequestUploadInput!) { requestUpload(input: $input) { \
    upload { documentId url method headers { name value } expiresAt } userErrors { code message path } } }";
pub(crate) const COMPLETE: &str = "mutation($input: CompleteUploadInput!) { completeUpload(input: $input) { \
    document { id fileName mediaType byteSize sha256 uploadedSha256 visibility state refusal downloadUrl \
    thumbnails { url width height byteSize } organization { id } } userErrors { code message path } } }";
pub(crate) const DELETE: &str = "mutation($input: DeleteDocumentInput!) { deleteDocument(input: $input) { \
    deletedDocumentId userErrors { code message path } } }";

/// An application that answers on a port of its own, with a cooperative and its owner.
pub(crate) struct Desk {
    pub(crate) app: TestApp,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
    pub(crate) organization: String,
}

impl Fixture for Desk {
    async fn build(database: TestDatabase) -> Self {
        Self::open(database, &[]).await
    }
}

impl Desk {
    pub(crate) async fn open(database: TestDatabase, settings: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let public_url = format!("http://{}", listener.local_addr().unwrap());
        let mut all = vec![("public_url", public_url.as_str())];
        all.extend(settings);
        let app = TestApp::with_settings(database, &all).await;
        let served = app.app.clone();
        tokio::spawn(async move { bfw::api::serve(&served, listener, std::future::pending()).await.unwrap() });
        let token = app.sign_up("awa@example.org").await;
        let organization = app.register(&token, "COOPERATIVE", "Benkadi").await;
        stay_signed_in(&app).await;
        Self { app, http: reqwest::Client::new(), token, organization }
    }

    /// What is announced of a file. `changes` replaces fields of it.
    pub(crate) fn announcement(&self, content: &[u8], media_type: &str, changes: Value) -> Value {
        let mut input = json!({
            "organizationId": self.organization, "fileName": "Reçu n° 5", "mediaType": media_type,
            "byteSize": content.len(), "sha256": Digest::of(content).to_string(), "visibility": "PARTY",
        });
        for (field, value) in changes.as_object().unwrap() {
            input[field] = value.clone();
        }
        input
    }

    /// Announces a file, and gives where to send it.
    pub(crate) async fn announce(&self, content: &[u8], media_type: &str, changes: Value) -> Value {
        let input = self.announcement(content, media_type, changes);
        self.app.expect_payload(Some(&self.token), REQUEST, input).await["upload"].take()
    }

    /// Sends bytes where the upload says, as it says.
    pub(crate) async fn send(&self, upload: &Value, content: &[u8]) -> StatusCode {
        self.sending(upload, content).send().await.unwrap().status()
    }

    /// The same, where the service may stop listening before all of it was sent; whoever still writes need not hear why.
    pub(crate) async fn send_or_be_cut_off(&self, upload: &Value, content: &[u8]) -> reqwest::Result<StatusCode> {
        // Over a connection that nobody goes on with: it may be shut at any moment.
        Ok(self.sending(upload, content).header("connection", "close").send().await?.status())
    }

    fn sending(&self, upload: &Value, content: &[u8]) -> reqwest::RequestBuilder {
        let mut request = self.http.put(upload["url"].as_str().unwrap()).body(content.to_vec());
        for header in upload["headers"].as_array().unwrap() {
            // Whoever sends a body says how long it is.
            if header["name"] != "Content-Length" {
                request = request.header(header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
            }
        }
        request
    }

    pub(crate) async fn complete(&self, upload: &Value) -> Value {
        let input = json!({ "documentId": upload["documentId"] });
        self.app.expect_payload(Some(&self.token), COMPLETE, input).await["document"].take()
    }

    /// The code that completing is refused with.
    pub(crate) async fn refusal(&self, upload: &Value) -> String {
        let input = json!({ "documentId": upload["documentId"] });
        let errors = self.app.user_errors(Some(&self.token), COMPLETE, input).await;
        assert_eq!(errors[0].1, "input.documentId");
        errors[0].0.clone()
    }

    /// Hands in a file the whole way, and gives the document.
    pub(crate) async fn hand_in(&self, content: &[u8], media_type: &str, changes: Value) -> Value {
        let upload = self.announce(content, media_type, changes).await;
        assert_eq!(self.send(&upload, content).await, StatusCode::OK);
        self.complete(&upload).await
    }

    pub(crate) async fn fetch(&self, url: &Value) -> Vec<u8> {
        let answer = self.http.get(url.as_str().unwrap()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.unwrap().to_vec()
    }

    /// A document as somebody sees it; null where she does not.
    pub(crate) async fn seen(&self, token: Option<&str>, document: &Value) -> Value {
        let query = "query($id: ID!) { document(id: $id) { id state refusal downloadUrl } }";
        self.app.expect_data(token, query, json!({ "id": document })).await["document"].take()
    }
}

pub(crate) fn id_of(value: &Value) -> DocumentId {
    value.as_str().unwrap().parse().unwrap()
}

/// A PDF of so many bytes.
pub(crate) fn pdf(length: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.7\n".to_vec();
    content.resize(length.max(content.len()), b'.');
    content
}
