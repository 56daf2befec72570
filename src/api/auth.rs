//! Who is asking: the bearer token, the client's address, the language.
//!
//! A request without a token is made by an anonymous visitor. A token that is unknown, expired, revoked or malformed refuses
//! the whole request with 401 and `UNAUTHENTICATED`, also where an anonymous visitor would have been served: a client whose
//! session has ended must not mistake what visitors see for what she would see. `refreshSession` and `signIn` are therefore
//! sent without the old access token.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use async_graphql::Data;
use async_trait::async_trait;
use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
};

use super::{
    error::Code,
    http::{Context, Opened, Refusal},
    loaders::Loaders,
};
use crate::{
    accounts::{Accounts, Actor, Principal, RequestInfo, User},
    kernel::{Fault, locale::Locale, telemetry::RequestId},
};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Turns requests into actors.
pub struct Callers {
    accounts: Accounts,
    trusted_proxies: Arc<ArcSwap<Vec<IpAddr>>>,
    loaders: Loaders,
    patience: Duration,
}

/// How long it may take to find out who is asking, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

impl Callers {
    /// Authenticates with `accounts`, believes `trusted_proxies` about addresses, and gives each request its `loaders`.
    #[must_use]
    pub fn new(accounts: Accounts, trusted_proxies: Arc<ArcSwap<Vec<IpAddr>>>, loaders: Loaders) -> Self {
        Self { accounts, trusted_proxies, loaders, patience: PATIENCE }
    }

    /// The same, with so much time to find out who is asking: a database that hangs must not hold requests for ever.
    #[must_use]
    pub fn within(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Whoever asks for a page without signing in.
    pub(super) fn stranger(&self, headers: &HeaderMap, extensions: &Extensions, id: &RequestId) -> Actor {
        self.actor(Principal::Anonymous, headers, extensions, id)
    }

    /// Whoever asks where no GraphQL is spoken, signed in or not.
    pub(super) async fn caller(
        &self,
        headers: &HeaderMap,
        extensions: &Extensions,
        id: &RequestId,
    ) -> Result<Actor, Refusal> {
        Ok(self.actor(self.principal(headers, id).await?, headers, extensions, id))
    }

    fn actor(&self, principal: Principal, headers: &HeaderMap, extensions: &Extensions, id: &RequestId) -> Actor {
        let address = self.address(headers, extensions);
        Actor { principal, request: RequestInfo { id: id.clone(), address, locale: locale(headers) } }
    }

    /// The client's address, as far as proxies can be believed.
    pub(super) fn address(&self, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
        address(headers, extensions, &self.trusted_proxies.load())
    }

    /// Who holds an access token now; none where it is not good.
    pub(super) async fn holder(&self, token: &str) -> Result<Option<User>, Fault> {
        self.accounts.authenticate(token).await
    }

    /// What resolvers need to know of whoever asks, with loaders that have loaded nothing.
    pub(super) fn data(&self, actor: Actor) -> Data {
        let mut data = Data::default();
        self.loaders.add(&mut data, &actor);
        data.insert(actor.request.locale);
        data.insert(actor.request.id.clone());
        data.insert(actor);
        data
    }

    async fn principal(&self, headers: &HeaderMap, request_id: &RequestId) -> Result<Principal, Refusal> {
        let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(Principal::Anonymous) };
        let token = value.to_str().ok().and_then(bearer).ok_or_else(unauthenticated)?;
        let found = tokio::time::timeout(self.patience, self.accounts.authenticate(token)).await;
        match found.unwrap_or(Err(Fault::Overloaded("the database does not say whose a token is"))) {
            Ok(Some(user)) => Ok(Principal::User(user)),
            Ok(None) => Err(unauthenticated()),
            Err(fault) => Err(unavailable(&fault, request_id)),
        }
    }
}

#[async_trait]
impl Context for Callers {
    async fn open(&self, parts: &Parts, request_id: &RequestId) -> Result<Opened, Refusal> {
        let principal = self.principal(&parts.headers, request_id).await?;
        let actor = self.actor(principal, &parts.headers, &parts.extensions, request_id);
        let user = actor.user().map(|user| user.id.uuid());
        Ok(Opened { user, data: self.data(actor) })
    }
}

/// The token of `Bearer …`; the scheme's name is read in any case (RFC 9110, section 11.1).
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn unauthenticated() -> Refusal {
    let challenge = HeaderValue::from_static("Bearer realm=\"bfw\", error=\"invalid_token\"");
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        Code::Unauthenticated,
        "the access token is unknown or has expired; refresh the session or sign in, without sending it",
    )
    .with_header(header::WWW_AUTHENTICATE, challenge)
}

/// Who is asking cannot be found out.
pub(super) fn unavailable(fault: &Fault, request_id: &RequestId) -> Refusal {
    tracing::error!(%request_id, error = %fault, "a token could not be looked up");
    if fault.passes() {
        Refusal::masked(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, request_id)
    } else {
        Refusal::masked(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, request_id)
    }
}

/// The language of the answer, by `Accept-Language`.
pub(super) fn locale(headers: &HeaderMap) -> Locale {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    // Programs send a bare code or nothing; the full negotiation is for browsers.
    if wanted.is_empty() {
        return Locale::default();
    }
    wanted.parse().unwrap_or_else(|_| Locale::negotiate(wanted))
}

/// The client's address: the peer's own, unless the peer is a proxy that is believed; then the last address of
/// `X-Forwarded-For` that is not one of ours. Whatever stands further left, a client may have written herself.
pub(super) fn address(headers: &HeaderMap, extensions: &Extensions, trusted_proxies: &[IpAddr]) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let mut address = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let lists: Vec<_> = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    for hop in lists.iter().rev().flat_map(|list| list.rsplit(',')) {
        if !trusted_proxies.contains(&address) {
            break;
        }
        let Ok(before) = hop.trim().parse::<IpAddr>() else { break };
        address = before.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for list in forwarded {
            headers.append(FORWARDED_FOR, list.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let trusted: Vec<IpAddr> = trusted.iter().map(|proxy| proxy.parse().unwrap()).collect();
        address(&headers, &extensions, &trusted).to_string()
    }

    #[test]
    fn an_address_is_believed_only_from_our_proxies() {
        let proxies = ["10.0.0.1", "10.0.0.2"];
        assert_eq!(told("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(told("203.0.113.9", &["198.51.100.1"], &proxies), "203.0.113.9");
        assert_eq!(told("10.0.0.1", &["198.51.100.1"], &proxies), "198.51.100.1");
        assert_eq!(told("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.0.0.2"], &proxies), "198.51.100.1");
        assert_eq!(told("10.0.0.1", &["6.6.6.6", "198.51.100.1,10.0.0.2"], &proxies), "198.51.100.1");
        assert_eq!(told("10.0.0.1", &["198.51.100.1, nonsense"], &proxies), "10.0.0.1");
        assert_eq!(told("10.0.0.1", &[], &proxies), "10.0.0.1");
        assert_eq!(told("::ffff:10.0.0.1", &["2001:db8::1"], &proxies), "2001:db8::1");
    }

    #[test]
    fn a_token_follows_the_word_bearer() {
        let token = |value: &str| bearer(value).map(str::to_owned);
        assert_eq!(token("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(token("bearer  abc ").as_deref(), Some("abc"));
        for other in ["Basic abc", "Bearer", "Bearer ", "abc", ""] {
            assert_eq!(token(other), None, "{other}");
        }
    }

    #[test]
    fn the_language_is_what_the_client_reads_best() {
        for (accept, expected) in [
            ("", Locale::Fr),
            ("en", Locale::En),
            ("bm, fr;q=0.8", Locale::Bm),
            ("en-GB,en;q=0.9", Locale::En),
            ("de, zh;q=0.5", Locale::Fr),
            ("fr-ML", Locale::Fr),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, accept.parse().unwrap())]);
            assert_eq!(locale(&headers), expected, "{accept}");
        }
    }
}
