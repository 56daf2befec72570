//! Addresses of servers that messages leave through. They may hold a password or a key, and are not repeated.

use url::Url;

/// Whether it is empty or the address of a mail server whose password, if there is one, does not travel in the clear.
pub(super) fn is_mail_server(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return text.is_empty() };
    let encrypted = match url.scheme() {
        "smtps" => true,
        "smtp" => url.query_pairs().any(|(name, value)| name == "tls" && value == "required"),
        _ => return false,
    };
    url.host_str().is_some_and(|host| !host.is_empty()) && (encrypted || url.password().is_none())
}

/// Whether it is empty or an address that is spoken HTTP with.
pub(super) fn is_http(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return text.is_empty() };
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// Whether it is empty or a sender that mail servers understand.
pub(super) fn is_sender(text: &str) -> bool {
    text.is_empty() || text.parse::<lettre::message::Mailbox>().is_ok()
}
