//! Contracts and what lies under them, for many siblings at once.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use async_graphql::{Context, Error};
use uuid::Uuid;

use super::{Contract, ContractDelivery, ContractLine, Invoice, Payment};
use crate::{
    accounts::Actor,
    contracts::{
        self, ContractDeliveryId, ContractId, ContractLineId, Contracts, DeliveredLot, Delivery, InvoiceId, Line,
        PaymentMadeId, Signature, Supplier, Version,
    },
    documents::{self, graphql::Document},
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, loaders},
    },
    procurement::FrozenStatus,
};

/// Declares the batchers of one request: each with its key, what it gives, and the room's function that it calls.
macro_rules! loaders {
    ($($field:ident: $name:ident($over:ty), $key:ty => $value:ty, $load:expr;)*) => {
        /// The batchers of one request; the API makes them with its actor and puts them in its context.
        pub struct Loaders {
            $($field: Batcher<$name>,)*
        }

        impl Loaders {
            /// Batchers that load what `actor` may see.
            #[must_use]
            pub fn new(room: &Contracts, actor: &Actor) -> Self {
                let seen = Seen { room: room.clone(), actor: actor.clone() };
                Self { $($field: Batcher::new($name(<$over>::from(&seen))),)* }
            }
        }

        $(
            struct $name($over);

            impl BatchLoad for $name {
                type Key = $key;
                type Value = Arc<$value>;

                async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
                    let load = $load;
                    load(&self.0, &keys).await.map(shared)
                }
            }
        )*
    };
}

/// The room, and who asks.
#[derive(Clone)]
struct Seen {
    room: Contracts,
    actor: Actor,
}

impl From<&Self> for Seen {
    fn from(seen: &Self) -> Self {
        seen.clone()
    }
}

impl From<&Seen> for Contracts {
    fn from(seen: &Seen) -> Self {
        seen.room.clone()
    }
}

fn shared<K: Eq + Hash, V>(found: HashMap<K, V>) -> HashMap<K, Arc<V>> {
    found.into_iter().map(|(key, value)| (key, Arc::new(value))).collect()
}

loaders! {
    by_id: ById(Seen), ContractId => contracts::Contract,
        async |seen: &Seen, keys: &[_]| seen.room.contracts_by_ids(&seen.actor, keys).await;
    line_by_id: LineById(Seen), ContractLineId => Line,
        async |seen: &Seen, keys: &[_]| seen.room.lines_by_ids(&seen.actor, keys).await;
    delivery_by_id: DeliveryById(Seen), ContractDeliveryId => Delivery,
        async |seen: &Seen, keys: &[_]| seen.room.deliveries_by_ids(&seen.actor, keys).await;
    invoice_by_id: InvoiceById(Seen), InvoiceId => contracts::Invoice,
        async |seen: &Seen, keys: &[_]| seen.room.invoices_by_ids(&seen.actor, keys).await;
    payment_by_id: PaymentById(Seen), PaymentMadeId => contracts::Payment,
        async |seen: &Seen, keys: &[_]| seen.room.payments_by_ids(&seen.actor, keys).await;
    suppliers: SuppliersOf(Contracts), ContractId => Vec<Supplier>, Contracts::suppliers_of;
    lines: LinesOf(Contracts), ContractId => Vec<Line>, Contracts::lines_of;
    versions: VersionsOf(Contracts), ContractId => Vec<Version>, Contracts::versions_of;
    signatures: SignaturesOf(Contracts), ContractId => Vec<Signature>, Contracts::signatures_of;
    deliveries: DeliveriesOf(Contracts), ContractId => Vec<Delivery>, Contracts::deliveries_of;
    delivered: LotsOf(Contracts), ContractDeliveryId => Vec<DeliveredLot>, Contracts::lots_of_deliveries;
    invoices: InvoicesOf(Contracts), ContractId => Vec<contracts::Invoice>, Contracts::invoices_of;
    billed: BilledBy(Contracts), InvoiceId => Vec<contracts::InvoiceLine>, Contracts::lines_of_invoices;
    payments: PaymentsOf(Contracts), InvoiceId => Vec<contracts::Payment>, Contracts::payments_of;
    paid: PaidUnder(Contracts), ContractId => Vec<contracts::Payment>, Contracts::payments_under;
    statuses: StatusesOf(Contracts), Uuid => Vec<FrozenStatus>, Contracts::statuses_of;
    documents: DocumentsOf(Contracts), (&'static str, Uuid) => Vec<documents::Document>, of_subjects;
}

async fn of_subjects(
    room: &Contracts,
    keys: &[(&'static str, Uuid)],
) -> Result<HashMap<(&'static str, Uuid), Vec<documents::Document>>, Fault> {
    let mut by_kind: HashMap<&'static str, Vec<Uuid>> = HashMap::new();
    for (kind, subject) in keys {
        by_kind.entry(kind).or_default().push(*subject);
    }
    let mut loaded = HashMap::new();
    for (kind, subjects) in by_kind {
        let found = room.documents_of(kind, &subjects).await?;
        loaded.extend(found.into_iter().map(|(subject, documents)| ((kind, subject), documents)));
    }
    Ok(loaded)
}

impl Loaders {
    /// The contract, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn contract(ctx: &Context<'_>, id: ContractId) -> Result<Option<Contract>, Error> {
        let found = loaders::<Self>(ctx)?.by_id.get(ctx, id).await?;
        Ok(found.map(|contract| Contract((*contract).clone())))
    }

    /// The contract of which this is the wire id, if it is one and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn contract_named(ctx: &Context<'_>, id: &str) -> Result<Option<Contract>, Error> {
        match id.parse() {
            Ok(id) => Self::contract(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// The line, if the request's actor may see its contract.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn line(ctx: &Context<'_>, id: ContractLineId) -> Result<Option<ContractLine>, Error> {
        let found = loaders::<Self>(ctx)?.line_by_id.get(ctx, id).await?;
        Ok(found.map(|line| ContractLine { line: (*line).clone(), currency: None }))
    }

    /// The delivery, if the request's actor may see its contract.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn delivery(ctx: &Context<'_>, id: ContractDeliveryId) -> Result<Option<ContractDelivery>, Error> {
        let found = loaders::<Self>(ctx)?.delivery_by_id.get(ctx, id).await?;
        Ok(found.map(|delivery| ContractDelivery((*delivery).clone())))
    }

    /// The invoice, if the request's actor may see its contract.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn invoice(ctx: &Context<'_>, id: InvoiceId) -> Result<Option<Invoice>, Error> {
        let found = loaders::<Self>(ctx)?.invoice_by_id.get(ctx, id).await?;
        Ok(found.map(|invoice| Invoice((*invoice).clone())))
    }

    /// The payment, if the request's actor may see its contract.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn payment(ctx: &Context<'_>, id: PaymentMadeId) -> Result<Option<Payment>, Error> {
        let found = loaders::<Self>(ctx)?.payment_by_id.get(ctx, id).await?;
        Ok(found.map(|payment| Payment((*payment).clone())))
    }

    /// Documents of a thing under a contract that the request's actor was shown.
    pub(super) async fn documents(
        ctx: &Context<'_>,
        kind: &'static str,
        subject: Uuid,
    ) -> Result<Vec<Document>, Error> {
        let found = loaders::<Self>(ctx)?.documents.get(ctx, (kind, subject)).await?.unwrap_or_default();
        Ok(found.iter().cloned().map(|document| Document(Arc::new(document))).collect())
    }
}

/// What belongs to a contract, or an invoice or delivery under it, that the request's actor was shown.
macro_rules! belongings {
    ($($field:ident as $name:ident: $key:ty => $value:ty;)*) => {
        impl Loaders {
            $(pub(super) async fn $name(ctx: &Context<'_>, id: $key) -> Result<Arc<Vec<$value>>, Error> {
                Ok(loaders::<Self>(ctx)?.$field.get(ctx, id).await?.unwrap_or_default())
            })*
        }
    };
}

belongings! {
    suppliers as suppliers: ContractId => Supplier;
    lines as lines: ContractId => Line;
    versions as versions: ContractId => Version;
    signatures as signatures: ContractId => Signature;
    deliveries as deliveries: ContractId => Delivery;
    delivered as delivered_lots: ContractDeliveryId => DeliveredLot;
    invoices as invoices: ContractId => contracts::Invoice;
    billed as invoice_lines: InvoiceId => contracts::InvoiceLine;
    payments as payments: InvoiceId => contracts::Payment;
    paid as payments_under: ContractId => contracts::Payment;
    statuses as statuses: Uuid => FrozenStatus;
}
