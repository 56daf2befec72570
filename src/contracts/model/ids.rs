//! What the room's things are identified by.

use crate::define_id;

define_id!(
    /// Identifies a contract.
    pub ContractId = "contract"
);
define_id!(
    /// Identifies a line of a contract.
    pub ContractLineId = "contractline"
);
define_id!(
    /// Identifies a delivery under a contract.
    pub ContractDeliveryId = "contractdelivery"
);
define_id!(
    /// Identifies an invoice.
    pub InvoiceId = "invoice"
);
define_id!(
    /// Identifies what was paid on an invoice.
    pub PaymentMadeId = "invoicepayment"
);
