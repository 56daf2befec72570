//! Orders that nobody signed in time come to nothing. Run by the worker, now and then.

use serde_json::json;

use super::{
    Contract, ContractId, Contracts,
    journal::Step,
    model::{contract::WholeContract, states::ContractAction},
    store,
};
use crate::{
    accounts::Actor,
    kernel::{Failure, Fault, Outcome},
    notifications::NoticeKind,
    procurement::ReleaseTag,
};

/// Orders looked at in one round.
const BATCH: i64 = 200;

impl Contracts {
    /// Cancels every order whose stock is no longer held, each in a transaction of its own, and tells how many. Two workers may do
    /// this at once.
    ///
    /// # Errors
    /// When the database refuses; what was cancelled until then stays so.
    pub async fn expire_orders(&self) -> Outcome<u64> {
        let actor = Actor::system("expire-orders");
        let (mut expired, mut last) = (0, None);
        loop {
            let now = self.services().now();
            let overdue = store::contracts::overdue_orders(&self.services().db, now, last, BATCH).await?;
            for id in &overdue {
                match self.expire_order(&actor, *id).await {
                    Ok(ended) => expired += u64::from(ended),
                    // Its rows contradict each other. Somebody has to look at it; the stock of all others waits for nobody.
                    Err(Failure::Fault(fault)) if matches!(fault.cause(), Fault::Corrupt { .. }) => {
                        tracing::error!(contract = %id, cause = %fault, "order cannot be cancelled");
                    }
                    Err(failure) => return Err(failure),
                }
            }
            if (overdue.len() as i64) < BATCH {
                return Ok(expired);
            }
            last = overdue.last().copied();
        }
    }

    async fn expire_order(&self, actor: &Actor, id: ContractId) -> Outcome<bool> {
        let tx = self.services().db.begin().await?;
        let whole: WholeContract = self.locked(&tx, actor, id, "contractId").await?;
        // Somebody else may have been faster.
        let Some(status) = whole.contract.status.after(ContractAction::Cancel) else { return Ok(false) };
        let now = self.services().now();
        let after = Contract { status, ended_at: Some(now), ..whole.contract.clone() };
        store::contracts::update(&tx, &after, now).await?;
        self.give_back(&tx, actor, &after, true).await?;
        self.tell(&tx, &whole.parties(), (NoticeKind::ContractEnded, &after), &[("reason", "–".to_owned())]).await?;
        let step = Step {
            action: "contract.expire",
            subject: (ContractId::PREFIX, id.uuid()),
            on_behalf_of: None,
            before: Some(json!({ "status": whole.contract.status })),
            after: json!({ "status": after.status }),
            tag: Some(ReleaseTag::ContractTermination),
        };
        self.record(&tx, actor, &after, step).await?;
        tx.commit().await?;
        Ok(true)
    }
}
