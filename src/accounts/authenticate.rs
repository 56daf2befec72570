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
        store::sessions::holder(&self.services.db, token.digest(), self.services.now()).await
    }
}
