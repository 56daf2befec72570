//! Short messages through a gateway that speaks HTTP.
//!
//! `POST` of `{"id", "to", "text"}` with a bearer token. A 2xx means that the gateway has taken it; its body is not read.
//! The id is also sent as `Idempotency-Key`, for gateways that know what that is.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, StatusCode, Url, redirect::Policy};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{SendError, SmsPort};
use crate::{
    kernel::{Fault, tls},
    notifications::model::Sms,
};

const CONNECT_MAX: Duration = Duration::from_secs(5);
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// Hands short messages to a gateway.
pub struct HttpSms {
    client: Client,
    url: Url,
    token: SecretString,
    answer_max: Duration,
}

impl std::fmt::Debug for HttpSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpSms").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

impl HttpSms {
    /// A gateway.
    ///
    /// # Errors
    /// When its address cannot be read.
    pub fn new(url: &str, token: SecretString) -> Result<Self, Fault> {
        Self::answering_within(ANSWER_MAX, url, token)
    }

    /// A gateway that is given so long to answer.
    ///
    /// # Errors
    /// As [`HttpSms::new`].
    pub fn answering_within(answer_max: Duration, url: &str, token: SecretString) -> Result<Self, Fault> {
        tls::install_provider();
        let client = Client::builder()
            .redirect(Policy::none())
            // Settings come through `Config`, not from the environment.
            .no_proxy()
            .connect_timeout(CONNECT_MAX)
            .timeout(answer_max)
            .build()
            .map_err(|error| Fault::Internal(format!("no HTTP client: {error}")))?;
        let url =
            Url::parse(url).map_err(|_| Fault::Internal("the SMS gateway's address cannot be used".to_owned()))?;
        Ok(Self { client, url, token, answer_max })
    }
}

#[async_trait]
impl SmsPort for HttpSms {
    async fn send(&self, sms: Sms) -> Result<(), SendError> {
        let mut request = self
            .client
            .post(self.url.clone())
            .header("Idempotency-Key", sms.id.to_string())
            .json(&json!({ "id": sms.id, "to": sms.to.as_str(), "text": sms.text }));
        if !self.token.expose_secret().is_empty() {
            request = request.bearer_auth(self.token.expose_secret());
        }
        match request.send().await {
            Ok(response) => answered(response.status()),
            // The address may hold a secret of its own.
            Err(error) if error.is_connect() => Err(SendError::NotNow(error.without_url().to_string())),
            Err(error) if error.is_timeout() => {
                Err(SendError::Unknown(format!("no answer within {} s", self.answer_max.as_secs())))
            }
            Err(error) if error.is_builder() => Err(SendError::Never(error.without_url().to_string())),
            Err(error) => Err(SendError::Unknown(error.without_url().to_string())),
        }
    }
}

/// What an answer means. A gateway behind a proxy that says 502 or 504 may have taken the message all the same.
fn answered(status: StatusCode) -> Result<(), SendError> {
    let said = || format!("the gateway answered {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Ok(()),
        502 | 504 => Err(SendError::Unknown(said())),
        408 | 425 | 429 | 500..=599 => Err(SendError::NotNow(said())),
        _ => Err(SendError::Never(said())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_2xx_has_taken_the_message_and_only_a_refusal_is_tried_again() {
        let of = |status: u16| answered(StatusCode::from_u16(status).unwrap());
        assert_eq!((of(200), of(202)), (Ok(()), Ok(())));
        for status in [429, 500, 503] {
            assert!(matches!(of(status), Err(SendError::NotNow(_))), "{status}");
        }
        for status in [301, 302, 307, 400, 401, 403, 404, 422] {
            assert!(matches!(of(status), Err(SendError::Never(_))), "{status}");
        }
        for status in [502, 504] {
            assert!(matches!(of(status), Err(SendError::Unknown(_))), "{status}");
        }
    }
}
