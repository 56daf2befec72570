//! The ports of who has configured none: a line in the log, of which nobody learns whom it was for or what it said.

use async_trait::async_trait;

use super::{MailPort, SendError, SmsPort};
use crate::notifications::model::{Mail, Sms};

/// Says in the log that a message was made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Log;

#[async_trait]
impl MailPort for Log {
    async fn send(&self, mail: Mail) -> Result<(), SendError> {
        let to = masked(mail.to.as_str());
        tracing::info!(id = %mail.id, to, bytes = mail.text.len(), "an e-mail was made and not sent (BFW_SMTP_URL is not set)");
        Ok(())
    }
}

#[async_trait]
impl SmsPort for Log {
    async fn send(&self, sms: Sms) -> Result<(), SendError> {
        let to = masked(sms.to.as_str());
        tracing::info!(id = %sms.id, to, bytes = sms.text.len(), "an SMS was made and not sent (BFW_SMS_URL is not set)");
        Ok(())
    }
}

/// The first signs of an address and its domain, or those of a number: enough to follow up a complaint with whoever makes it.
fn masked(address: &str) -> String {
    let (shown, domain) = match address.rsplit_once('@') {
        Some((local, domain)) => (local.chars().take(1).collect::<String>(), format!("@{domain}")),
        None => (address.chars().take(4).collect(), String::new()),
    };
    format!("{shown}***{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_it_was_for_is_not_told() {
        assert_eq!(masked("awa.traore@exemple.ml"), "a***@exemple.ml");
        assert_eq!(masked("+22376123456"), "+223***");
    }
}
