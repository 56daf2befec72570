//! A bearer token becomes a person.

use super::{Accounts, Token, User, store};
use crate::kernel::Fault;

impl Accounts {
    /// Who holds this access token, with what she is to organizations and the platform as of now; none for a token that is
    /// unknown, expired or ended, or whose account is blocked. One statement, because every request begins with it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn authenticate(&self, access_token: &str) -> Result<Option<User>, Fault> {
        let Some(token) = Token::parse(access_token) else { return Ok(None) };
        let digest = token.digest();
        Ok(self.knows.holders.get(&[digest]).await?.remove(&digest))
    }

    /// Who holds this refresh token, for pages that keep a session in a cookie which no script reads. They exchange nothing: of
    /// two pages that are opened at once, one would take the other's session away.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn authenticate_by_refresh_token(&self, refresh_token: &str) -> Result<Option<User>, Fault> {
        let Some(token) = Token::parse(refresh_token) else { return Ok(None) };
        store::sessions::holder_by_refresh(&self.knows.services.db, token.digest(), self.knows.services.now()).await
    }
}
