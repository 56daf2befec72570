//! `bfw health`

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use clap::Args;

use super::{CommandError, say};
use crate::{config::Config, kernel::tls};

/// How long an answer is waited for: longer than the parts of the service have for theirs.
const WAIT_MAX: Duration = Duration::from_secs(4);

/// Ask a running service whether it can work, as a container or a load balancer does.
///
/// Exits with 0 where it can, and with 1 where it cannot or nobody answers.
#[derive(Debug, Args)]
pub(crate) struct Health {
    /// What to ask instead of the service that listens at `BFW_LISTEN` on this machine.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

impl Health {
    pub(super) async fn run(self, config: Config) -> Result<(), CommandError> {
        tls::install_provider();
        let url = self.url.unwrap_or_else(|| format!("http://{}/health/ready", reached(config.listen)));
        let asked = async {
            // Past any proxy: it is this machine that is asked.
            let client = reqwest::Client::builder().timeout(WAIT_MAX).no_proxy().build()?;
            let answer = client.get(&url).send().await?;
            Ok::<_, reqwest::Error>((answer.status(), answer.text().await?))
        };
        match asked.await {
            Ok((status, text)) if status.is_success() => say(text.trim()),
            Ok((status, text)) => Err(CommandError::Other(format!("{url} answers {status}: {}", text.trim()))),
            Err(error) => Err(CommandError::Other(format!("{url} does not answer: {}", error.without_url()))),
        }
    }
}

/// Where a service is reached from its own machine that listens at this address.
fn reached(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_everywhere_is_asked_on_this_machine() {
        for (listen, asked) in
            [("0.0.0.0:8080", "127.0.0.1:8080"), ("[::]:1", "[::1]:1"), ("10.0.0.7:80", "10.0.0.7:80")]
        {
            assert_eq!(reached(listen.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
