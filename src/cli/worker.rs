//! `bfw worker`

use super::{CommandError, background::Background, serve::stop_signal, with_app};
use crate::config::Config;

pub(super) async fn run(config: Config) -> Result<(), CommandError> {
    with_app(config, async |app| {
        let background = Background::start(|stop| app.clone().work("worker", stop));
        tracing::info!("background work begins");
        background.until(stop_signal()).await;
        let worked = background.stop().await;
        tracing::info!("background work ended");
        worked
    })
    .await
}
