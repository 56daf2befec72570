//! A person stops messages by the token that one of them carried, without signing in.

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Channel, Notifications,
    model::OptOutToken,
    set_preferences::{keep, locked},
    store,
};
use crate::{
    accounts::Actor,
    kernel::{ErrorCode, Outcome, UserError},
};

/// What is to be stopped.
#[derive(Debug)]
pub struct StopNotifications {
    /// The token, as the message gave it.
    pub token: SecretString,
    /// By which way no more is to come; none for every way.
    pub channel: Option<Channel>,
}

impl Notifications {
    /// Where a message is stopped in a browser.
    pub(super) fn stop_link(&self, token: &OptOutToken, channel: Channel) -> String {
        let token = token.reveal();
        format!("{}/notifications/stop?token={token}&channel={}", self.public_url, channel.as_str())
    }

    /// Stops messages to whoever was sent the token. May be done again with the same outcome. What waits is suppressed when
    /// its time comes.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for a token that is not known, whatever the reason.
    pub async fn stop(&self, actor: &Actor, command: StopNotifications) -> Outcome<()> {
        let unknown = || UserError::new(ErrorCode::NotFound, ["input", "token"]);
        let token = OptOutToken::parse(command.token.expose_secret().trim()).ok_or_else(unknown)?;
        let tx = self.services.db.begin().await?;
        let user = store::wishes::holder(&tx, token.digest()).await?.ok_or_else(unknown)?;
        let before = locked(&tx, user).await?;
        let mut after = before;
        match command.channel {
            Some(Channel::Email) => after.email = false,
            Some(Channel::Sms) => after.sms = false,
            None => (after.email, after.sms) = (false, false),
        }
        if after != before {
            keep(&tx, actor, user, (&before, &after), "notifications.stop", self.services.now()).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
