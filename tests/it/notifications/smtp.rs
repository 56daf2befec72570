//! E-mails to a mail server on loopback that speaks SMTP.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use db_test::db_test;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::{deliveries, reachable, tell};
use crate::harness::{TestApp, TestDatabase};

/// How the server behaves.
#[derive(Clone, Copy, Debug)]
enum Manner {
    Takes,
    /// Answers the recipient so.
    RefusesRecipient(&'static str),
    /// Hears the whole message and hangs up.
    HangsUpAfterData,
}

#[derive(Clone)]
struct MailServer {
    manner: Arc<Mutex<Manner>>,
    messages: Arc<Mutex<Vec<String>>>,
    url: String,
}

impl MailServer {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let server = Self { manner: Arc::new(Mutex::new(Manner::Takes)), messages: Arc::default(), url };
        let answering = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answering = answering.clone();
                // A client that goes away ends the conversation and no more.
                tokio::spawn(async move { answering.converse(stream).await.ok() });
            }
        });
        server
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 mail.example.ml ready\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let manner = *self.manner.lock().unwrap();
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let reply = match (verb.as_str(), manner) {
                ("EHLO", _) => "250-mail.example.ml\r\n250 8BITMIME",
                ("RCPT", Manner::RefusesRecipient(reply)) => reply,
                ("DATA", _) => {
                    write.write_all(b"354 go on\r\n").await?;
                    let mut message = String::new();
                    while let Some(line) = lines.next_line().await? {
                        if line == "." {
                            break;
                        }
                        message.push_str(&line);
                        message.push('\n');
                    }
                    self.messages.lock().unwrap().push(message);
                    if matches!(manner, Manner::HangsUpAfterData) {
                        return Ok(());
                    }
                    "250 taken"
                }
                ("QUIT", _) => "221 bye",
                _ => "250 ok",
            };
            write.write_all(format!("{reply}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}

async fn stand_of_mail(app: &TestApp, token: &str) -> String {
    deliveries(app, token).await.into_iter().rfind(|one| one.starts_with("EMAIL")).unwrap()
}

async fn with_mail_server(database: TestDatabase) -> (MailServer, TestApp, String) {
    let server = MailServer::open().await;
    let settings = [("smtp_url", server.url.as_str()), ("mail_from", "Marché des femmes <bfw@example.ml>")];
    let app = TestApp::with_settings(database, &settings).await;
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    (server, app, token)
}

#[db_test]
async fn a_mail_arrives_with_its_words_and_its_way_out(database: TestDatabase) {
    let (server, app, token) = with_mail_server(database).await;
    tell(&app, &token, &["Beurre de karité"]).await;
    app.app.notifications.deliver().await.unwrap();

    assert_eq!(stand_of_mail(&app, &token).await, "EMAIL SENT -");
    let messages = server.messages.lock().unwrap().clone();
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    for part in [
        "To: awa@example.org",
        "<bfw@example.ml>",
        "Auto-Submitted: auto-generated",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    let unfolded = message.replace("\n ", " ");
    assert!(unfolded.contains("List-Unsubscribe: <http://127.0.0.1:8080/notifications/stop?token="), "{unfolded}");
}

#[db_test]
async fn what_the_server_says_decides_whether_it_is_tried_again(database: TestDatabase) {
    let (server, app, token) = with_mail_server(database).await;
    for (manner, stands, messages) in [
        (Manner::RefusesRecipient("451 later"), "EMAIL QUEUED UNREACHABLE", 1),
        (Manner::RefusesRecipient("550 no such box"), "EMAIL FAILED REFUSED", 0),
        (Manner::HangsUpAfterData, "EMAIL UNKNOWN NO_ANSWER", 1),
    ] {
        *server.manner.lock().unwrap() = manner;
        let before = server.messages.lock().unwrap().len();
        tell(&app, &token, &["Fonio"]).await;
        app.app.notifications.deliver().await.unwrap();
        assert_eq!(stand_of_mail(&app, &token).await, stands, "{manner:?}");
        *server.manner.lock().unwrap() = Manner::Takes;
        app.clock.advance(TimeDelta::minutes(2));
        app.app.notifications.deliver().await.unwrap();
        assert_eq!(server.messages.lock().unwrap().len() - before, messages, "{manner:?}");
    }
}

#[db_test]
async fn a_server_that_is_not_there_is_tried_again(database: TestDatabase) {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("smtp://{nobody}");
    let app = TestApp::with_settings(database, &[("smtp_url", &url), ("mail_from", "bfw@example.ml")]).await;
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    tell(&app, &token, &["Fonio"]).await;
    app.app.notifications.deliver().await.unwrap();
    assert_eq!(stand_of_mail(&app, &token).await, "EMAIL QUEUED UNREACHABLE");
}
