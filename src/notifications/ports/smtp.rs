//! E-mail over SMTP.

use std::{future::Future, time::Duration};

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::Error,
};

use super::{MailPort, SendError};
use crate::{kernel::Fault, notifications::model::Mail};

/// How long the server may take to greet.
const GREETING_MAX: Duration = Duration::from_secs(15);
/// How long it may take over one message.
const MESSAGE_MAX: Duration = Duration::from_secs(30);

/// Hands e-mails to a mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Smtp {
    /// The server of an address such as `smtps://USER:PASSWORD@HOST`, and the sender.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn new(url: &str, from: &str) -> Result<Self, Fault> {
        // The library's own words could repeat the password.
        let unreadable = |what: &str| Fault::Internal(format!("{what} cannot be used"));
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| unreadable("the mail server's address"))?;
        let from = from.parse().map_err(|_| unreadable("the sender of e-mails"))?;
        Ok(Self { transport: builder.timeout(Some(GREETING_MAX)).build(), from })
    }

    fn message(&self, mail: &Mail) -> Result<Message, SendError> {
        let never = |error: String| SendError::Never(error);
        let to = mail.to.as_str().parse().map_err(|error| never(format!("the address: {error}")))?;
        let header = |name: &'static str, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        let built = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&mail.subject)
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone());
        let mut message = built.map_err(|error| never(error.to_string()))?;
        // Mail programs offer a button for it (RFC 2369, RFC 8058).
        let headers = message.headers_mut();
        headers.insert_raw(header("List-Unsubscribe", format!("<{}>", mail.stop)));
        headers.insert_raw(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        headers.insert_raw(header("Auto-Submitted", "auto-generated".to_owned()));
        Ok(message)
    }
}

#[async_trait]
impl MailPort for Smtp {
    async fn send(&self, mail: Mail) -> Result<(), SendError> {
        let message = self.message(&mail)?;
        // Whatever fails before a server has greeted was surely not taken.
        match within(GREETING_MAX, self.transport.test_connection()).await {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => return Err(SendError::NotNow("the server broke off".to_owned())),
            Ok(Err(error)) => return Err(SendError::NotNow(error.to_string())),
            Err(late) => return Err(SendError::NotNow(late)),
        }
        match within(MESSAGE_MAX, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(why(&error)),
            Err(late) => Err(SendError::Unknown(late)),
        }
    }
}

async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Result<T, String> {
    tokio::time::timeout(time, work).await.map_err(|_| format!("no answer within {} s", time.as_secs()))
}

/// An answer of the server is final; anything else may have come after it took the message.
fn why(error: &Error) -> SendError {
    if error.is_transient() {
        SendError::NotNow(error.to_string())
    } else if error.is_permanent() || error.is_client() {
        SendError::Never(error.to_string())
    } else {
        SendError::Unknown(error.to_string())
    }
}
