//! What people are told, by which way, and when.
//!
//! A room that has something to tell writes a [`Notice`] in the transaction in which it happened ([`Notifications::tell`]).
//! It stands in the product at once, and is on its way by e-mail and SMS if its recipient can be reached there, wants it, is
//! not in her quiet hours (else when they end), and was not sent enough that day (else it stands in the product alone, and
//! the delivery says why; nothing is bundled, since what she missed is one list away).
//!
//! What holds at any time: a message leaves at most once. That it is being sent is committed before the first byte leaves,
//! and what a crash leaves so is never sent again but marked as unknown; only what was surely not taken is tried again,
//! later each time. Every message carries a token of its own that stops further ones without signing in; only its hash is
//! kept. Times of the day are Mali's, which are UTC all year.
//!
//! Deliberately absent: proof that an address is its owner's. Nobody is asked to confirm one yet, so caps and the way out
//! in every message are what protects a stranger whose address was typed.

mod deliver;
pub mod graphql;
pub mod model;
mod personal;
pub mod ports;
mod read;
mod remind;
mod set_preferences;
mod stop;
mod store;
mod sweep;
mod tell;

use std::{sync::Arc, time::Duration};

pub use deliver::run;
pub use model::{Channel, Delivery, Notice, NoticeKind, Notification, NotificationId, Preferences, QuietHours};
pub use read::{Inbox, MarkRead, NOTIFICATIONS, notification_key};
use secrecy::{ExposeSecret as _, SecretString};
pub use set_preferences::SetPreferences;
pub use stop::StopNotifications;

use uuid::Uuid;

use self::{
    model::Sms,
    ports::{HttpSms, Log, MailPort, SendError, SmsPort, Smtp},
};
use crate::{
    accounts::Phone,
    kernel::{Fault, Services},
};

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How the outside reaches the service, without a slash at the end.
    pub public_url: String,
    /// The mail server; empty for none.
    pub smtp_url: SecretString,
    /// The sender of e-mails.
    pub mail_from: String,
    /// The SMS gateway; empty for none.
    pub sms_url: SecretString,
    /// What the gateway knows us by.
    pub sms_token: SecretString,
    /// How long a notification is kept.
    pub kept: Duration,
}

/// No ways out but the log, as where nothing is configured.
impl Default for Settings {
    fn default() -> Self {
        const KEPT: Duration = Duration::from_secs(180 * 86_400);
        Self {
            public_url: String::new(),
            smtp_url: SecretString::default(),
            mail_from: String::new(),
            sms_url: SecretString::default(),
            sms_token: SecretString::default(),
            kept: KEPT,
        }
    }
}

/// The room's handle. Cheap to clone, and small: whatever runs the application holds all rooms' handles.
#[derive(Debug, Clone)]
pub struct Notifications {
    services: Arc<Services>,
    mail: Arc<dyn MailPort>,
    sms: Arc<dyn SmsPort>,
    public_url: Arc<str>,
    kept: Duration,
}

impl Notifications {
    /// The room, with the ways out that are configured; the log in the place of those that are not.
    ///
    /// # Errors
    /// When one cannot be used as it is configured.
    pub fn new(services: Services, settings: &Settings) -> Result<Self, Fault> {
        let mail: Arc<dyn MailPort> = match settings.smtp_url.expose_secret() {
            "" => Arc::new(Log),
            url => Arc::new(Smtp::new(url, &settings.mail_from)?),
        };
        let sms: Arc<dyn SmsPort> = match settings.sms_url.expose_secret() {
            "" => Arc::new(Log),
            url => Arc::new(HttpSms::new(url, settings.sms_token.clone())?),
        };
        let services = Arc::new(services);
        Ok(Self { services, mail, sms, public_url: settings.public_url.as_str().into(), kept: settings.kept })
    }

    /// The same room with other ways out.
    #[must_use]
    pub fn with_ports(mut self, mail: Arc<dyn MailPort>, sms: Arc<dyn SmsPort>) -> Self {
        (self.mail, self.sms) = (mail, sms);
        self
    }

    /// Hands a short message over to whom nobody has an account of: whoever calls sees to it that it leaves once, at an hour
    /// at which people are awake, and to somebody who was told that messages come.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn sms(&self, id: Uuid, to: Phone, text: String) -> Result<(), SendError> {
        self.sms.send(Sms { id, to, text }).await
    }
}
