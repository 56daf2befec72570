//! The page that a browser gets at `/graphql`: an editor, the schema, example operations.
//!
//! One self-contained document in the binary. It loads nothing from anywhere, runs no script but its own (the content
//! security policy holds the script's and the style's hash) and talks to this server alone.

use std::sync::LazyLock;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// Example operations of the page's menu, by the notation of their file.
pub const EXAMPLES: &str = include_str!("examples.graphql");
const STYLE: &str = include_str!("explorer.css");
const BODY: &str = include_str!("explorer.html");

/// The page's script with the examples in it. A JSON string is a JavaScript string.
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let examples = serde_json::Value::from(EXAMPLES).to_string().replace("</", "<\\/");
    include_str!("explorer.js").replace("\"/* examples.graphql */\"", &examples)
});

/// The whole page.
static PAGE: LazyLock<String> =
    LazyLock::new(|| BODY.replace("/* explorer.css */", STYLE).replace("/* explorer.js */", &SCRIPT));

/// What the page may do: run its own script and style, by their hashes, and call its own server.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let (script, style) = (integrity(&SCRIPT), integrity(STYLE));
    format!(
        "default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

fn integrity(source: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(source)))
}

/// The page as a response.
#[must_use]
pub fn page() -> Response {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(policy) = HeaderValue::from_str(&POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let mut response = Response::new(Body::from(PAGE.as_str()));
    *response.headers_mut() = headers;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_whole_and_loads_nothing() {
        assert!(PAGE.contains(SCRIPT.as_str()) && PAGE.contains(STYLE));
        assert!(!SCRIPT.contains("examples.graphql"));
        for outside in ["src=", "href=\"http", "@import", "url(http", "//cdn", "eval("] {
            assert!(!PAGE.contains(outside), "{outside}");
        }
    }

    #[test]
    fn its_policy_names_the_script_and_style_it_has() {
        let response = page();
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains(&integrity(&SCRIPT)) && policy.contains(&integrity(STYLE)));
        assert!(!policy.contains("unsafe"));
    }
}
