//! What anybody may know of procurement, as open data: the Open Contracting Data Standard 1.1.5.
//!
//! Each process is told in **releases**, one an event, and read as one **record**, which is what its releases come to. One mapper
//! ([`model::release`]) says everything; the version of the standard and its extensions stand in one place ([`model::package`]).
//!
//! What holds at any time: each event is published once, and in the order of events; a release is never changed; of a bid that
//! was not opened nothing is published, not even that there is one; who was invited, and who asked something, is told only once
//! bidding is over; what organizations were under each definition of women's ownership is told as it was frozen, and what is
//! not known as `UNKNOWN`.
//!
//! # What stands where
//!
//! Whoever recomputes an indicator from the export alone finds every fact here. `bfw` marks fields of our own extension, whose
//! address packages declare.
//!
//! | fact | path |
//! |---|---|
//! | request or direct order | `bfw.kind` |
//! | method | `tender.procurementMethod` |
//! | who buys | `buyer.id`; the region in `parties[].bfw.regionCode` |
//! | status as kept; published, closed, opened, ended | `tender.bfw.status`, `.publishedAt`, `.closedAt`, `.openedAt`, `.endedAt` |
//! | deadline | `tender.tenderPeriod.endDate` |
//! | lots, their product, size, region | `tender.lots[]`; `tender.items[]` with the same `id`; `tender.lots[].bfw.kilograms`, `.regionCode`; estimate in `.value` |
//! | gender measures | `tender.bfw.measures[]` (`lot` absent: all lots); in the standard's words `tender.lots[].sustainability` |
//! | invitations | `tender.bfw.invitations[].id`, `.date` |
//! | bids | `bids.details[]`: `status` (`pending`, `valid`, `disqualified`), `date`, `value`, `relatedLots`, `items[].bfw.value` for each lot |
//! | reason of a disqualification | `bids.details[].bfw.disqualifiedReason` |
//! | shares of joint bidders | `bids.details[].bfw.shares[]`: `id`, `share` in percent, `leads` |
//! | women's status of bidders | `bids.details[].bfw.womenStatus[]`: `party`, `definition`, `status`, `evidenceLevel`, `evidenceUntil`, `assessedOn` |
//! | awards | `awards[]`: `date`, `value`, `relatedLots`, `relatedBids`; as kept `bfw.status`, `.activatedAt`, `.endedAt` |
//! | shares and women's status of suppliers | `awards[].bfw.shares[]`, `awards[].bfw.womenStatus[]`; of a direct order too, whose award has the contract's id |
//! | complaints | `bfw.complaints[]`: `complainant.id`, `status`, `dateFiled`, `dateDecided`, `relatedAward` |
//! | contracts | `contracts[]`: `awardID`, `dateSigned`, `value` (now), `amendments[]`; `bfw.signedValue`, `.status`, `.shares[]` |
//! | lines due and accepted | `contracts[].items[]`: `quantity`, `bfw.accepted`, `.deliverUntil`, `.kilograms`, `.regionCode` |
//! | deliveries | `contracts[].implementation.milestones[]`: `bfw.status`, `.item`, `.dueOn`, `.acceptedAt`, `.quantity`, `.accepted` |
//! | invoices | `contracts[].milestones[]`: `bfw.status`, `.submittedAt`, `.acceptedAt`, `.dueOn`, `.paidOn`, `.net`, `.discount`, `.paid`, `.supplier` |
//! | payments | `contracts[].implementation.transactions[]`: `value`, `payee.id`, `bfw.paidOn`, `.invoice`, `.status` (`CONFIRMED`) |
//! | for auditors: payments to producers behind a delivery | `contracts[].implementation.milestones[].bfw.producers[]`: `producer`, `class`, `value`, `confirmed`; such a release says so in `bfw.edition` |
//! | publication lag | `bfw.publications[]`, one an event: `publishedAt`, absent where it waits, less `occurredAt` |
//!
//! What is for auditors is in no release that is published: [`Ocds::export_for_auditors`] alone writes it.
//!
//! Amounts are whole units of the currency; minor units are `round(amount × 10^decimals)`, exactly up to 2^53. So are thousandths
//! of quantities, percents and points.

mod export;
pub mod model;
mod publish;
mod read;
mod store;

use std::sync::Arc;

pub use export::Form;
pub use read::{PAGE_DEFAULT, PAGE_MAX, Page};
pub use store::releases::Wanted;

use self::model::package::Publisher;
use crate::{catalog::Catalog, directory::Directory, kernel::Services};

/// The room's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ocds {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    directory: Directory,
    catalog: Catalog,
    publisher: Publisher,
}

impl Ocds {
    /// Opens the room. The outside reaches the service at `public_url`, without a slash at the end.
    #[must_use]
    pub fn new(services: Services, directory: Directory, catalog: Catalog, public_url: String) -> Self {
        let publisher = Publisher { public_url };
        Self { knows: Arc::new(Known { services, directory, catalog, publisher }) }
    }
}
