//! An application that a browser can reach, and what of its pages would not fit.

use bfw::{
    api::{self, subscriptions},
    app::App,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::TestApp;

/// A phone and a computer: width, height, and whether it is a phone.
pub(crate) const SCREENS: [(u32, u32, bool); 2] = [(360, 740, true), (1_280, 900, false)];

/// An application that listens, until it is dropped.
pub(crate) struct Served {
    address: String,
    stop: DropGuard,
    serving: JoinHandle<()>,
}

impl Served {
    /// Listens for an application.
    pub(crate) async fn of(app: &TestApp) -> Self {
        Self::with(&app.app, subscriptions::Options::default()).await
    }

    /// Listens for an application, asking so much of connections.
    pub(crate) async fn with(app: &App, options: subscriptions::Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let (app, stopped) = (app.clone(), stop.clone());
        let serving = tokio::spawn(async move {
            api::serve_with(&app, listener, options, stopped.cancelled_owned()).await.unwrap();
        });
        Self { address, stop: stop.drop_guard(), serving }
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stopped(self) {
        drop(self.stop);
        self.serving.await.unwrap();
    }

    /// An address of it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

/// What of the page is wider than the screen, written smaller than can be read, or too small for a thumb.
pub(crate) const UNFIT: &str = "(() => {
    const wide = document.documentElement.scrollWidth > window.innerWidth
        ? [`${document.documentElement.scrollWidth} wide on ${window.innerWidth}`] : [];
    const shown = element => element.getClientRects().length > 0;
    const texts = [...document.querySelectorAll('body *')].filter(element =>
        shown(element) && [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
    const size = element => {
        const own = parseFloat(getComputedStyle(element).fontSize);
        const drawing = element.ownerSVGElement;
        return drawing ? own * drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : own;
    };
    const small = texts.filter(element => size(element) < 14).map(element => `small: ${element.textContent}`);
    const taps = [...document.querySelectorAll('a, button')].filter(shown)
        .filter(link => { const box = link.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
        .map(link => `no room for a thumb: ${link.textContent}`);
    const outside = [...document.querySelectorAll('body *')].filter(shown)
        .filter(element => !element.closest('svg.symbols, .scroll') && element.getBoundingClientRect().right > window.innerWidth + 0.5)
        .map(element => `outside: ${element.tagName} ${element.textContent.slice(0, 40)}`);
    return [...wide, ...small, ...taps, ...outside];
})()";
