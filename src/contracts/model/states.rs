//! The states of contracts, deliveries, invoices and payments, and what leads from one to another. Each is one function that
//! names every state and every action, so that a new one does not compile before somebody has decided.

use std::fmt::Display;

use crate::kernel::{ErrorCode, UserError};

crate::words! {
    /// Where a contract stands.
    ContractStatus {
        /// Not all have signed.
        Pending = "PENDING",
        /// It is in force.
        Active = "ACTIVE",
        /// All was delivered, billed and paid, and the payees have said so.
        Complete = "COMPLETE",
        /// It was ended before it was carried out.
        Terminated = "TERMINATED",
        /// It never took force.
        Cancelled = "CANCELLED",
    }
}

crate::words! {
    /// What can be done to a contract.
    ContractAction {
        /// One of the parties signs a wording.
        Sign = "SIGN",
        /// All have signed a wording.
        EnterForce = "ENTER_FORCE",
        /// Another wording is proposed.
        Change = "CHANGE",
        /// It is given up before it took force, or its time to be signed is over.
        Cancel = "CANCEL",
        /// It is ended before it was carried out.
        Terminate = "TERMINATE",
        /// A delivery is planned or sent.
        Deliver = "DELIVER",
        /// A delivery is received or accepted.
        Receive = "RECEIVE",
        /// An invoice is handed in or decided about.
        Bill = "BILL",
        /// A payment is recorded or answered.
        Pay = "PAY",
        /// Nothing is left to do.
        Complete = "COMPLETE",
    }
}

impl ContractStatus {
    /// The state after an action, or none where it is not possible. What was sent before a contract was ended still arrives, is
    /// billed and paid.
    ///
    /// | state | `SIGN` | `ENTER_FORCE` | `CHANGE` | `CANCEL` | `TERMINATE` | `DELIVER` | `RECEIVE` | `BILL` | `PAY` | `COMPLETE` |
    /// |---|---|---|---|---|---|---|---|---|---|---|
    /// | `PENDING` | `PENDING` | `ACTIVE` | – | `CANCELLED` | – | – | – | – | – | – |
    /// | `ACTIVE` | `ACTIVE` | `ACTIVE` | `ACTIVE` | – | `TERMINATED` | `ACTIVE` | `ACTIVE` | `ACTIVE` | `ACTIVE` | `COMPLETE` |
    /// | `COMPLETE` | – | – | – | – | – | – | – | – | – | – |
    /// | `TERMINATED` | – | – | – | – | – | – | `TERMINATED` | `TERMINATED` | `TERMINATED` | – |
    /// | `CANCELLED` | – | – | – | – | – | – | – | – | – | – |
    #[must_use]
    pub const fn after(self, action: ContractAction) -> Option<Self> {
        use ContractAction::{Bill, Cancel, Change, Complete, Deliver, EnterForce, Pay, Receive, Sign, Terminate};
        match (self, action) {
            (Self::Pending, Sign) => Some(Self::Pending),
            (Self::Pending | Self::Active, EnterForce) => Some(Self::Active),
            (Self::Pending, Cancel) => Some(Self::Cancelled),
            (Self::Active, Sign | Change | Deliver | Receive | Bill | Pay) => Some(Self::Active),
            (Self::Active, Terminate) => Some(Self::Terminated),
            (Self::Active, Complete) => Some(Self::Complete),
            (Self::Terminated, Receive | Bill | Pay) => Some(Self::Terminated),
            (Self::Pending, Change | Terminate | Deliver | Receive | Bill | Pay | Complete)
            | (Self::Active, Cancel)
            | (Self::Terminated, Sign | EnterForce | Change | Cancel | Terminate | Deliver | Complete)
            | (
                Self::Complete | Self::Cancelled,
                Sign | EnterForce | Change | Cancel | Terminate | Deliver | Receive | Bill | Pay | Complete,
            ) => None,
        }
    }

    /// The state after an action.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTransition`] at `path`.
    pub fn transition<P: ToString>(
        self,
        action: ContractAction,
        path: impl IntoIterator<Item = P>,
    ) -> Result<Self, UserError> {
        self.after(action).ok_or_else(|| forbidden(self.as_str(), action.as_str(), path))
    }
}

crate::words! {
    /// Where a delivery stands.
    DeliveryStatus {
        /// It is planned.
        Scheduled = "SCHEDULED",
        /// It is on its way.
        Dispatched = "DISPATCHED",
        /// It arrived, and is being looked at.
        Received = "RECEIVED",
        /// All that arrived was accepted.
        Accepted = "ACCEPTED",
        /// Some of what arrived was accepted.
        PartiallyAccepted = "PARTIALLY_ACCEPTED",
        /// Nothing of it was accepted.
        Rejected = "REJECTED",
        /// It was planned and did not take place.
        Cancelled = "CANCELLED",
    }
}

crate::words! {
    /// What can be done to a delivery.
    DeliveryAction {
        /// It leaves.
        Dispatch = "DISPATCH",
        /// It arrives.
        Receive = "RECEIVE",
        /// All that arrived is accepted.
        Accept = "ACCEPT",
        /// Some of what arrived is accepted.
        AcceptPart = "ACCEPT_PART",
        /// Nothing is accepted.
        Reject = "REJECT",
        /// It does not take place.
        Cancel = "CANCEL",
    }
}

impl DeliveryStatus {
    /// The state after an action, or none where it is not possible.
    ///
    /// | state | `DISPATCH` | `RECEIVE` | `ACCEPT` | `ACCEPT_PART` | `REJECT` | `CANCEL` |
    /// |---|---|---|---|---|---|---|
    /// | `SCHEDULED` | `DISPATCHED` | – | – | – | – | `CANCELLED` |
    /// | `DISPATCHED` | – | `RECEIVED` | – | – | – | – |
    /// | `RECEIVED` | – | – | `ACCEPTED` | `PARTIALLY_ACCEPTED` | `REJECTED` | – |
    /// | `ACCEPTED`, `PARTIALLY_ACCEPTED`, `REJECTED`, `CANCELLED` | – | – | – | – | – | – |
    #[must_use]
    pub const fn after(self, action: DeliveryAction) -> Option<Self> {
        use DeliveryAction::{Accept, AcceptPart, Cancel, Dispatch, Receive, Reject};
        match (self, action) {
            (Self::Scheduled, Dispatch) => Some(Self::Dispatched),
            (Self::Scheduled, Cancel) => Some(Self::Cancelled),
            (Self::Dispatched, Receive) => Some(Self::Received),
            (Self::Received, Accept) => Some(Self::Accepted),
            (Self::Received, AcceptPart) => Some(Self::PartiallyAccepted),
            (Self::Received, Reject) => Some(Self::Rejected),
            (Self::Scheduled, Receive | Accept | AcceptPart | Reject)
            | (Self::Dispatched, Dispatch | Accept | AcceptPart | Reject | Cancel)
            | (Self::Received, Dispatch | Receive | Cancel)
            | (
                Self::Accepted | Self::PartiallyAccepted | Self::Rejected | Self::Cancelled,
                Dispatch | Receive | Accept | AcceptPart | Reject | Cancel,
            ) => None,
        }
    }

    /// The state after an action.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTransition`] at `input.deliveryId`.
    pub fn transition(self, action: DeliveryAction) -> Result<Self, UserError> {
        self.after(action).ok_or_else(|| forbidden(self.as_str(), action.as_str(), ["input", "deliveryId"]))
    }

    /// Whether something may still come of it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Scheduled | Self::Dispatched | Self::Received => true,
            Self::Accepted | Self::PartiallyAccepted | Self::Rejected | Self::Cancelled => false,
        }
    }
}

crate::words! {
    /// Where an invoice stands.
    InvoiceStatus {
        /// The buyer looks at it.
        Submitted = "SUBMITTED",
        /// It is to be paid.
        Approved = "APPROVED",
        /// The buyer refused it; what it billed may be billed again.
        Rejected = "REJECTED",
        /// All of it was paid, as far as nobody disputes it.
        Paid = "PAID",
    }
}

crate::words! {
    /// What can be done to an invoice.
    InvoiceAction {
        /// The buyer finds it right.
        Approve = "APPROVE",
        /// The buyer finds it wrong.
        Reject = "REJECT",
        /// Some of it is paid.
        PayPart = "PAY_PART",
        /// The rest of it is paid.
        PayRest = "PAY_REST",
        /// A payment on it did not arrive.
        TakeBack = "TAKE_BACK",
    }
}

impl InvoiceStatus {
    /// The state after an action, or none where it is not possible.
    ///
    /// | state | `APPROVE` | `REJECT` | `PAY_PART` | `PAY_REST` | `TAKE_BACK` |
    /// |---|---|---|---|---|---|
    /// | `SUBMITTED` | `APPROVED` | `REJECTED` | – | – | – |
    /// | `APPROVED` | – | – | `APPROVED` | `PAID` | `APPROVED` |
    /// | `REJECTED` | – | – | – | – | – |
    /// | `PAID` | – | – | – | – | `APPROVED` |
    #[must_use]
    pub const fn after(self, action: InvoiceAction) -> Option<Self> {
        use InvoiceAction::{Approve, PayPart, PayRest, Reject, TakeBack};
        match (self, action) {
            (Self::Submitted, Approve) => Some(Self::Approved),
            (Self::Submitted, Reject) => Some(Self::Rejected),
            (Self::Approved, PayPart | TakeBack) | (Self::Paid, TakeBack) => Some(Self::Approved),
            (Self::Approved, PayRest) => Some(Self::Paid),
            (Self::Submitted, PayPart | PayRest | TakeBack)
            | (Self::Approved, Approve | Reject)
            | (Self::Rejected, Approve | Reject | PayPart | PayRest | TakeBack)
            | (Self::Paid, Approve | Reject | PayPart | PayRest) => None,
        }
    }

    /// The state after an action.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTransition`] at `input.invoiceId`.
    pub fn transition(self, action: InvoiceAction) -> Result<Self, UserError> {
        self.after(action).ok_or_else(|| forbidden(self.as_str(), action.as_str(), ["input", "invoiceId"]))
    }
}

crate::words! {
    /// Where a payment stands.
    PaymentStatus {
        /// The buyer says that she paid.
        Recorded = "RECORDED",
        /// The payee says that it arrived.
        Confirmed = "CONFIRMED",
        /// The payee says that it did not.
        Disputed = "DISPUTED",
    }
}

crate::words! {
    /// What can be done to a payment.
    PaymentAction {
        /// The payee has it.
        Confirm = "CONFIRM",
        /// The payee does not have it.
        Dispute = "DISPUTE",
    }
}

impl PaymentStatus {
    /// The state after an action, or none where it is not possible. What was disputed may be found later.
    ///
    /// | state | `CONFIRM` | `DISPUTE` |
    /// |---|---|---|
    /// | `RECORDED` | `CONFIRMED` | `DISPUTED` |
    /// | `CONFIRMED` | – | – |
    /// | `DISPUTED` | `CONFIRMED` | – |
    #[must_use]
    pub const fn after(self, action: PaymentAction) -> Option<Self> {
        use PaymentAction::{Confirm, Dispute};
        match (self, action) {
            (Self::Recorded | Self::Disputed, Confirm) => Some(Self::Confirmed),
            (Self::Recorded, Dispute) => Some(Self::Disputed),
            (Self::Confirmed, Confirm | Dispute) | (Self::Disputed, Dispute) => None,
        }
    }

    /// The state after an action.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTransition`] at `input.paymentId`.
    pub fn transition(self, action: PaymentAction) -> Result<Self, UserError> {
        self.after(action).ok_or_else(|| forbidden(self.as_str(), action.as_str(), ["input", "paymentId"]))
    }
}

/// A state does not allow an action.
fn forbidden<P: ToString>(state: impl Display, action: impl Display, path: impl IntoIterator<Item = P>) -> UserError {
    UserError::new(ErrorCode::InvalidTransition, path).with("state", state).with("action", action)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documented tables, row by row: what each action leads to, in the order of its words.
    #[test]
    fn contracts_go_as_their_table_says() {
        let table = [
            (ContractStatus::Pending, "PENDING ACTIVE - CANCELLED - - - - - -"),
            (ContractStatus::Active, "ACTIVE ACTIVE ACTIVE - TERMINATED ACTIVE ACTIVE ACTIVE ACTIVE COMPLETE"),
            (ContractStatus::Complete, "- - - - - - - - - -"),
            (ContractStatus::Terminated, "- - - - - - TERMINATED TERMINATED TERMINATED -"),
            (ContractStatus::Cancelled, "- - - - - - - - - -"),
        ];
        assert_eq!(table.map(|(state, _)| state).as_slice(), ContractStatus::ALL);
        for (state, row) in table {
            let leads =
                ContractAction::ALL.iter().map(|action| state.after(*action).map_or("-", ContractStatus::as_str));
            assert_eq!(leads.collect::<Vec<_>>().join(" "), row, "{state:?}");
        }
    }

    #[test]
    fn deliveries_go_as_their_table_says() {
        let table = [
            (DeliveryStatus::Scheduled, "DISPATCHED - - - - CANCELLED"),
            (DeliveryStatus::Dispatched, "- RECEIVED - - - -"),
            (DeliveryStatus::Received, "- - ACCEPTED PARTIALLY_ACCEPTED REJECTED -"),
            (DeliveryStatus::Accepted, "- - - - - -"),
            (DeliveryStatus::PartiallyAccepted, "- - - - - -"),
            (DeliveryStatus::Rejected, "- - - - - -"),
            (DeliveryStatus::Cancelled, "- - - - - -"),
        ];
        assert_eq!(table.map(|(state, _)| state).as_slice(), DeliveryStatus::ALL);
        for (state, row) in table {
            let leads =
                DeliveryAction::ALL.iter().map(|action| state.after(*action).map_or("-", DeliveryStatus::as_str));
            assert_eq!(leads.collect::<Vec<_>>().join(" "), row, "{state:?}");
            let ends = DeliveryAction::ALL.iter().all(|action| state.after(*action).is_none());
            assert_eq!(state.is_open(), !ends, "{state:?}");
        }
    }

    #[test]
    fn invoices_go_as_their_table_says() {
        let table = [
            (InvoiceStatus::Submitted, "APPROVED REJECTED - - -"),
            (InvoiceStatus::Approved, "- - APPROVED PAID APPROVED"),
            (InvoiceStatus::Rejected, "- - - - -"),
            (InvoiceStatus::Paid, "- - - - APPROVED"),
        ];
        assert_eq!(table.map(|(state, _)| state).as_slice(), InvoiceStatus::ALL);
        for (state, row) in table {
            let leads = InvoiceAction::ALL.iter().map(|action| state.after(*action).map_or("-", InvoiceStatus::as_str));
            assert_eq!(leads.collect::<Vec<_>>().join(" "), row, "{state:?}");
        }
    }

    #[test]
    fn payments_go_as_their_table_says() {
        let table = [
            (PaymentStatus::Recorded, "CONFIRMED DISPUTED"),
            (PaymentStatus::Confirmed, "- -"),
            (PaymentStatus::Disputed, "CONFIRMED -"),
        ];
        assert_eq!(table.map(|(state, _)| state).as_slice(), PaymentStatus::ALL);
        for (state, row) in table {
            let leads = PaymentAction::ALL.iter().map(|action| state.after(*action).map_or("-", PaymentStatus::as_str));
            assert_eq!(leads.collect::<Vec<_>>().join(" "), row, "{state:?}");
        }
    }

    #[test]
    fn a_forbidden_step_says_from_where_it_was_tried() {
        let error = ContractStatus::Cancelled.transition(ContractAction::Sign, ["input", "contractId"]).unwrap_err();
        assert_eq!((error.code, error.path.join(".")), (ErrorCode::InvalidTransition, "input.contractId".to_owned()));
        assert_eq!(error.args, [("state", "CANCELLED".to_owned()), ("action", "SIGN".to_owned())]);
        assert!(PaymentStatus::Confirmed.transition(PaymentAction::Dispute).is_err());
    }
}
