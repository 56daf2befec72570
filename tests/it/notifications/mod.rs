//! What people are told: in the product, by e-mail and by SMS, once each.

mod deliveries;
mod inbox;
pub(crate) mod sms;
mod smtp;
mod stopping;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bfw::{
    accounts::UserId,
    notifications::{
        Channel, Notice, NoticeKind, Notifications,
        model::{Mail, Sms},
        ports::{MailPort, SendError, SmsPort},
    },
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::harness::{TestApp, app::PASSWORD};

/// What leaves by either way, and what is answered to it: the answers in turn, then that it was taken.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    pub(crate) mails: Mutex<Vec<Mail>>,
    pub(crate) sms: Mutex<Vec<Sms>>,
    pub(crate) answers: Mutex<Vec<SendError>>,
}

impl Outgoing {
    pub(crate) fn answering(answers: Vec<SendError>) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers), ..Self::default() })
    }

    fn answer(&self) -> Result<(), SendError> {
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() { Ok(()) } else { Err(answers.remove(0)) }
    }

    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.mails.lock().unwrap().len(), self.sms.lock().unwrap().len())
    }

    /// The notifications of an application, leaving this way.
    pub(crate) fn of(self: &Arc<Self>, app: &TestApp) -> Notifications {
        app.app
            .notifications
            .clone()
            .with_ports(Arc::clone(self) as Arc<dyn MailPort>, Arc::clone(self) as Arc<dyn SmsPort>)
    }
}

#[async_trait]
impl MailPort for Outgoing {
    async fn send(&self, mail: Mail) -> Result<(), SendError> {
        self.mails.lock().unwrap().push(mail);
        tokio::task::yield_now().await;
        self.answer()
    }
}

#[async_trait]
impl SmsPort for Outgoing {
    async fn send(&self, sms: Sms) -> Result<(), SendError> {
        self.sms.lock().unwrap().push(sms);
        tokio::task::yield_now().await;
        self.answer()
    }
}

/// Signs somebody up who can be reached both ways, and gives her access token.
pub(crate) async fn reachable(app: &TestApp, email: &str, phone: &str) -> String {
    let mutation = "mutation($input: SignUpInput!) { signUp(input: $input) { session { accessToken } \
                    userErrors { code message path } } }";
    let input = json!({ "email": email, "phone": phone, "password": PASSWORD, "name": "Fanta", "language": "FR" });
    let payload = app.expect_payload(None, mutation, input).await;
    stay_signed_in(app).await;
    payload["session"]["accessToken"].as_str().unwrap().to_owned()
}

/// Lets everybody stay signed in, however the clock moves.
pub(crate) async fn stay_signed_in(app: &TestApp) {
    let connection = app.database.connect().await;
    let long = "UPDATE session SET access_expires_at = '2036-01-01T00:00:00+00:00'";
    connection.execute_unprepared(long).await.unwrap();
}

pub(crate) async fn user_id(app: &TestApp, token: &str) -> UserId {
    let data = app.expect_data(Some(token), "{ viewer { user { id } } }", json!({})).await;
    data["viewer"]["user"]["id"].as_str().unwrap().parse().unwrap()
}

/// Tells her so many things, the first title first, by both ways.
pub(crate) async fn tell(app: &TestApp, token: &str, titles: &[&str]) {
    let recipient = user_id(app, token).await;
    let notice = |title: &&str| Notice {
        recipient,
        kind: NoticeKind::SearchMatch,
        subject: "listing_01h455vb4pex5vsknk084sn02q".to_owned(),
        cause: None,
        arguments: [("title", *title), ("seller", "Benkadi"), ("search", "Karité")]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        channels: Channel::ALL.to_vec(),
    };
    let tx = app.app.services.db.begin().await.unwrap();
    app.app.notifications.tell(&tx, titles.iter().map(notice).collect()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Channel, state and reason of each delivery of her notifications, the oldest notification first.
pub(crate) async fn deliveries(app: &TestApp, token: &str) -> Vec<String> {
    let query = "{ notifications(last: 100) { edges { node { deliveries { channel state reason } } } } }";
    let data = app.expect_data(Some(token), query, json!({})).await;
    let edges = data["notifications"]["edges"].as_array().unwrap();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    edges
        .iter()
        .rev()
        .flat_map(|edge| edge["node"]["deliveries"].as_array().unwrap().clone())
        .map(|one| format!("{} {} {}", word(&one["channel"]), word(&one["state"]), word(&one["reason"])))
        .collect()
}

/// Sets what she wants.
pub(crate) async fn wish(app: &TestApp, token: &str, input: Value) -> Value {
    let mutation = "mutation($input: SetNotificationPreferencesInput!) { setNotificationPreferences(input: $input) { \
                    preferences { email sms quietHours { from until } emailDailyMax smsDailyMax } \
                    userErrors { code message path } } }";
    app.expect_payload(Some(token), mutation, input).await["preferences"].take()
}
