//! Each answer of a subscription is read anew.
//!
//! The library resolves all answers of a subscription with what its request was given: the actor and the loaders of the moment
//! in which it began. Here each answer gets its own: the actor as she was just found to be, and loaders that have loaded nothing.
//! So nothing is shown by rights that were lost meanwhile, and nothing old. And each answer may take as long as a request may.

use std::{sync::Arc, time::Duration};

use async_graphql::{
    Data, Response,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
};
use async_trait::async_trait;

use super::error::{self, Code};
use crate::kernel::telemetry::RequestId;

/// Makes what an answer is read with. Put into the request of a subscription.
pub struct Renewal(Box<dyn Fn() -> Data + Send + Sync>);

impl Renewal {
    /// Of something that makes it.
    pub fn new(make: impl Fn() -> Data + Send + Sync + 'static) -> Self {
        Self(Box::new(make))
    }
}

/// Renews, where the request says how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Renewals {
    within: Duration,
}

impl Renewals {
    /// Of which each may take so long.
    pub(super) const fn within(within: Duration) -> Self {
        Self { within }
    }
}

impl ExtensionFactory for Renewals {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(*self)
    }
}

#[async_trait]
impl Extension for Renewals {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let Some(Renewal(make)) = ctx.data_opt::<Renewal>() else { return next.run(ctx, operation_name).await };
        let answer = next.run_with_data(ctx, operation_name, make());
        tokio::time::timeout(self.within, answer).await.unwrap_or_else(|_| {
            let unknown = RequestId::new("-");
            let id = ctx.data_opt::<RequestId>().unwrap_or(&unknown);
            tracing::warn!(request_id = %id, "an answer of a subscription was stopped by the time limit");
            Response::from_errors(vec![error::masked(Code::Timeout, id)])
        })
    }
}
