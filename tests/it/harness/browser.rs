//! A browser that is driven as a person drives it: Chromium, through its driver, on this machine and without a network.
//!
//! The driver is started once a run, and stopped by the run's watcher together with every browser that it started. On a machine
//! without it those tests say so and pass; with `CI=true` they fail.

use std::{
    fs::File,
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use axum::http::Method;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::Url;

use super::{say_once, scratch::Scratch, setting};

/// Said when there is none.
const MISSING: &str = "Chromium and its driver are not installed (Debian: apt-get install chromium chromium-driver)";
/// How long the driver may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A browser with one empty page.
pub(crate) struct Browser {
    client: Client,
}

impl Browser {
    /// Opens a browser; none where there is none.
    pub(crate) async fn open() -> Option<Self> {
        let Some(driver) = driver() else {
            assert!(setting("CI").as_deref() != Some("true"), "{MISSING}");
            say_once(MISSING);
            return None;
        };
        static PROFILES: AtomicU32 = AtomicU32::new(0);
        let number = PROFILES.fetch_add(1, Ordering::Relaxed);
        let profile = Scratch::of_this_run().folder.join(format!("browser-{}-{number}", std::process::id()));
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            // Of somebody who never set a language that the product has.
            "--accept-lang=ff-ML",
            &format!("--user-data-dir={}", profile.display()),
        ];
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let capabilities = capabilities.as_object().unwrap().clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&driver).await.unwrap();
        // It opens with a page of its own, whose loading ends here.
        client.goto("about:blank").await.unwrap();
        Some(Self { client })
    }

    /// Sends a command of Chromium's own protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Extra { path: "goog/cdp/execute", body }).await.unwrap()
    }

    /// Makes the screen of a phone or a computer.
    pub(crate) async fn screen(&self, width: u32, height: u32, is_phone: bool) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Goes to an address and waits until it is shown.
    pub(crate) async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// What an expression of JavaScript is on the page.
    pub(crate) async fn eval(&self, expression: &str) -> Value {
        self.client.execute(&format!("return {expression}"), Vec::new()).await.unwrap()
    }

    /// What the page shows as text.
    pub(crate) async fn text(&self) -> String {
        self.eval("document.body.innerText").await.as_str().unwrap().to_owned()
    }

    /// Everything that the browser complained about since this was last asked.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        self.log("browser").await.iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// Every address that pages asked for since this was last asked. What the browser's own pages ask for, such as the one that
    /// it opens with, is not ours to judge.
    pub(crate) async fn requests(&self) -> Vec<String> {
        let entries = self.log("performance").await;
        let messages = entries
            .iter()
            .map(|entry| serde_json::from_str::<Value>(entry["message"].as_str().unwrap()).unwrap()["message"].take());
        let is_own = |message: &Value| message["params"]["documentURL"].as_str().unwrap().starts_with("chrome://");
        let sent = messages.filter(|message| message["method"] == "Network.requestWillBeSent" && !is_own(message));
        sent.map(|message| message["params"]["request"]["url"].as_str().unwrap().to_owned()).collect()
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let body = json!({ "type": kind });
        let log = self.client.issue_cmd(Extra { path: "se/log", body }).await.unwrap();
        log.as_array().unwrap().clone()
    }

    /// The whole page as it looks: a PNG.
    pub(crate) async fn seen(&self) -> Vec<u8> {
        let picture = self.devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": true })).await;
        STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()
    }

    /// Keeps how the page looks in the folder that `BFW_TEST_SCREENSHOTS` names, if it names one.
    pub(crate) async fn picture(&self, name: &str) {
        let Some(folder) = setting("BFW_TEST_SCREENSHOTS") else { return };
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), self.seen().await).unwrap();
    }

    /// Closes the browser. One that is not closed, because a test failed, ends with the run.
    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
    }
}

/// The address of this run's driver; none if it is not installed.
fn driver() -> Option<String> {
    let installed = Command::new("chromedriver").arg("--version").output().is_ok_and(|output| output.status.success());
    if !installed {
        return None;
    }
    let scratch = Scratch::of_this_run();
    let said = scratch.folder.join("chromedriver.log");
    scratch.make_once("chromedriver", || {
        let log = File::create(&said).unwrap();
        // A group of its own, so that the watcher ends the browsers with it.
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").process_group(0).stdin(Stdio::null()).stdout(log).stderr(Stdio::null());
        #[expect(clippy::zombie_processes, reason = "it serves every test of the run, and the watcher ends it")]
        let driver = command.spawn().unwrap();
        std::fs::write(scratch.folder.join("chromedriver.group"), driver.id().to_string()).unwrap();
        let started = Instant::now();
        while port(&said).is_none() {
            assert!(started.elapsed() < START_TIMEOUT, "the driver does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    Some(format!("http://127.0.0.1:{}", port(&said)?))
}

/// The port that the driver says it listens on.
fn port(said: &std::path::Path) -> Option<u16> {
    let said = std::fs::read_to_string(said).ok()?;
    let (_, rest) = said.split_once("started successfully on port ")?;
    rest.split_once('.')?.0.parse().ok()
}

/// A command that the WebDriver standard does not have.
#[derive(Debug)]
struct Extra {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, url::ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
