//! The room in GraphQL. Types wrap the room's values; nothing here decides.
//!
//! The room's handle is put into the context by the schema, and [`Loaders`] by each request.

mod billing_input;
mod billing_mutation;
mod contract;
mod delivery;
mod input;
mod invoice;
mod loader;
mod mutation;
mod parts;
mod query;

pub use super::trail::show_to_suppliers;
pub use billing_input::{
    ApproveInvoiceInput, ConfirmPaymentInput, InvoiceLineInput, RecordPaymentInput, RejectInvoiceInput,
    SubmitInvoiceInput,
};
pub use billing_mutation::{BillingMutation, InvoicePayload, PaymentPayload};
pub use contract::{Contract, ContractConnection, ContractEdge, ContractStatus};
pub use delivery::{ContractDelivery, ContractDeliveryLot, ContractDeliveryStatus};
pub use input::{
    AcceptDeliveryInput, CancelDeliveryInput, ChangeContractInput, ChangedLineInput, CreateDirectOrderInput,
    DeliveredLotInput, DispatchDeliveryInput, EarlyPaymentInput, ReceiveDeliveryInput, ScheduleDeliveryInput,
    SignContractInput, TerminateContractInput,
};
pub use invoice::{Invoice, InvoiceLine, InvoiceStatus, Payment, PaymentStatus};
pub use loader::Loaders;
pub use mutation::{ContractPayload, ContractsMutation, DeliveryPayload};
pub use parts::{
    ContractLine, ContractSignature, ContractSupplier, ContractTerms, ContractVersion, ContractVersionLine,
};
pub use query::{ContractFilter, ContractsQuery, suppliers_concerned};

use async_graphql::{Context, Error};

use super::Contracts;
use crate::kernel::{money, quantity::UnitCode};

fn contracts<'c>(ctx: &Context<'c>) -> Result<&'c Contracts, Error> {
    ctx.data()
}

/// An amount of minor units.
fn money(minor: i64, currency: money::Currency) -> crate::kernel::graphql::Money {
    crate::kernel::graphql::Money(money::Money { minor, currency })
}

/// So many thousandths of a unit.
fn quantity(thousandths: i64, unit: &UnitCode, grams: Option<i64>) -> crate::kernel::graphql::Quantity {
    let quantity = crate::kernel::quantity::Quantity { thousandths, unit: unit.clone() };
    crate::kernel::graphql::Quantity { quantity, grams }
}
