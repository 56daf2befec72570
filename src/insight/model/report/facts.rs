//! The facts behind a report, flat: each carries what it is sliced by and what women's status is behind it.
//!
//! A fact is the same whether it comes from the database or from an export, to the letter: its digest says so.

use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::{
    class::Class,
    scope::{Scope, Slice},
};

crate::words! {
    /// Kinds of facts.
    Family {
        /// What was awarded, by supplier.
        Awards = "AWARDS",
        /// What was bid for lots, by bidder.
        Bids = "BIDS",
        /// Lots whose bids were opened.
        OpenedLots = "OPENED_LOTS",
        /// Lots that were asked for.
        PublishedLots = "PUBLISHED_LOTS",
        /// Requests whose bids were opened.
        Requests = "REQUESTS",
        /// Who was invited.
        Invitations = "INVITATIONS",
        /// What was agreed on.
        Contracts = "CONTRACTS",
        /// What was paid.
        Payments = "PAYMENTS",
        /// What was to be paid.
        Invoices = "INVOICES",
        /// What was to be delivered.
        Lines = "LINES",
        /// Appeals.
        Complaints = "COMPLAINTS",
        /// What producers were paid for what was delivered.
        Producers = "PRODUCERS",
        /// What was published.
        Releases = "RELEASES",
    }
}

/// What all facts have.
pub trait Fact: Serialize {
    /// By what it is told apart.
    fn slice(&self) -> &Slice;

    /// In which order facts of a day stand.
    fn order(&self) -> (Uuid, Uuid, Uuid);
}

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident, |$fact:ident| $order:expr => {
        $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        pub struct $name {
            /// By what it is told apart.
            pub slice: Slice,
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl Fact for $name {
            fn slice(&self) -> &Slice {
                &self.slice
            }

            fn order(&self) -> (Uuid, Uuid, Uuid) {
                let $fact = self;
                $order
            }
        }
    )*};
}

facts! {
    /// One supplier's share of an award in force, or of a signed order from a listing; on the day it took force.
    AwardShare, |fact| (fact.award, fact.organization, fact.organization) => {
        /// The award; the contract of an order.
        award: Uuid,
        /// The supplier.
        organization: Uuid,
        /// Whether she leads, or is alone.
        leads: bool,
        /// What she is.
        class: Class,
        /// What all suppliers of it are together.
        joint: Class,
        /// Her share, in thousandths of a percent.
        share: i64,
        /// The whole award, in minor units.
        minor: i64,
        /// Of this currency.
        currency: String,
        /// Whether her evidence was verified and held on the day of the award.
        verified: bool,
        /// Whether the request had a gender measure for the lot.
        goal: bool,
        /// The target for it, in thousandths of a percent.
        target: Option<i64>,
        /// The day on which anything was first awarded to her.
        first_on: NaiveDate,
        /// Days from the deadline to the award; none of an order.
        close_to_award: Option<i64>,
    }

    /// What one bidder, alone or as a partner, offered for one lot; on the day of the opening.
    BidShare, |fact| (fact.bid, fact.lot, fact.organization) => {
        /// The bid.
        bid: Uuid,
        /// The lot.
        lot: Uuid,
        /// The bidder.
        organization: Uuid,
        /// Whether she leads, or is alone.
        leads: bool,
        /// What she is.
        class: Class,
        /// What all bidders of it are together.
        joint: Class,
        /// Why it was excluded.
        disqualified: Option<String>,
        /// Whether an award of the lot to it is in force.
        won: bool,
    }

    /// A lot whose bids were opened; on that day.
    OpenedLot, |fact| (fact.lot, fact.lot, fact.lot) => {
        /// The lot.
        lot: Uuid,
        /// How many bids there were.
        bids: i64,
        /// How many of women.
        women: i64,
        /// How many of others.
        non_women: i64,
        /// How many of which it is not known.
        unknown: i64,
    }

    /// A lot that was asked for; on the day of publication.
    PublishedLot, |fact| (fact.lot, fact.lot, fact.lot) => {
        /// The lot.
        lot: Uuid,
        /// Kinds of gender measures for it, sorted, each once, with a comma between.
        measures: String,
        /// What it was thought to cost, in minor units.
        minor: Option<i64>,
        /// Of this currency; none where no cost is told.
        currency: Option<String>,
    }

    /// A request whose bids were opened; on that day, by its first lot.
    OpenedRequest, |fact| (fact.request, fact.request, fact.request) => {
        /// The request.
        request: Uuid,
        /// How many bids there were.
        bids: i64,
        /// What the bidders of the only bid are.
        only: Option<Class>,
        /// Days from its publication to its deadline.
        publish_to_close: i64,
    }

    /// Somebody who was invited to bid; on the day of publication, by the request's first lot.
    Invited, |fact| (fact.request, fact.organization, fact.organization) => {
        /// The request.
        request: Uuid,
        /// Who was invited.
        organization: Uuid,
        /// What she is by her bid; unknown where she made none.
        class: Class,
    }

    /// A contract that all have signed; on that day, by its first line.
    SignedContract, |fact| (fact.contract, fact.contract, fact.contract) => {
        /// The contract.
        contract: Uuid,
        /// Who leads the suppliers.
        organization: Uuid,
        /// What the suppliers are together.
        joint: Class,
        /// As it was signed first, in minor units.
        signed_minor: i64,
        /// As it is in force now.
        minor: i64,
        /// Of this currency.
        currency: String,
        /// Whether a change of it took force.
        amended: bool,
        /// Days from the award to the last signature; none of an order.
        award_to_sign: Option<i64>,
    }

    /// A payment that its payee does not dispute; on its day, by the first line of the contract.
    Paid, |fact| (fact.payment, fact.payment, fact.payment) => {
        /// The payment.
        payment: Uuid,
        /// Who was paid.
        organization: Uuid,
        /// What the payee is.
        class: Class,
        /// Days from the later of the invoice and the acceptance of what it bills.
        days: i64,
        /// Days from the contract's last signature, of the first payment of the contract.
        sign_to_payment: Option<i64>,
    }

    /// An invoice that was not rejected; on the day it falls due, by the first line of the contract.
    DueInvoice, |fact| (fact.invoice, fact.invoice, fact.invoice) => {
        /// The invoice.
        invoice: Uuid,
        /// Who bills.
        organization: Uuid,
        /// What whoever bills is.
        class: Class,
        /// Whether all of it was paid by that day.
        on_time: bool,
        /// What is still to be paid, in minor units.
        unpaid_minor: i64,
        /// Of this currency.
        currency: String,
    }

    /// A line of a contract that was signed; on the last day on which it may be delivered.
    DueLine, |fact| (fact.line, fact.line, fact.line) => {
        /// The line.
        line: Uuid,
        /// Who leads the suppliers.
        organization: Uuid,
        /// What the suppliers are together.
        joint: Class,
        /// Whether all of it had arrived by that day and was accepted.
        in_full: bool,
    }

    /// An appeal; on the day it was filed, by the request's first lot.
    Appeal, |fact| (fact.complaint, fact.complaint, fact.complaint) => {
        /// The appeal.
        complaint: Uuid,
        /// Whose.
        organization: Uuid,
        /// What she is by her bid; unknown where she made none.
        class: Class,
        /// Whether it was decided.
        decided: bool,
        /// Whether it was found right.
        upheld: bool,
        /// Days until it was decided.
        days: Option<i64>,
    }

    /// What a producer was paid for what was delivered under a contract; on the day the buyer accepted it.
    ProducerPaid, |fact| (fact.delivery, beginning(&fact.producer), beginning(&fact.currency)) => {
        /// The delivery.
        delivery: Uuid,
        /// The producer: SHA-256 of what events call her.
        producer: String,
        /// Whether she is a woman.
        class: Class,
        /// What of it she confirmed, in minor units.
        confirmed_minor: i64,
        /// Of this currency.
        currency: String,
    }

    /// An event of a process that is to be published; on its day.
    Published, |fact| (fact.process, Uuid::from_u128(u128::from(fact.sequence.unsigned_abs())), fact.process) => {
        /// The process.
        process: Uuid,
        /// Its place among those of the process, from 1.
        sequence: i64,
        /// Minutes until it was published; none where it was not.
        lag_minutes: Option<i64>,
    }
}

/// All facts of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// What was awarded.
    pub awards: Vec<AwardShare>,
    /// What was bid.
    pub bids: Vec<BidShare>,
    /// Lots whose bids were opened.
    pub opened_lots: Vec<OpenedLot>,
    /// Lots that were asked for.
    pub published_lots: Vec<PublishedLot>,
    /// Requests whose bids were opened.
    pub requests: Vec<OpenedRequest>,
    /// Who was invited.
    pub invitations: Vec<Invited>,
    /// What was agreed on.
    pub contracts: Vec<SignedContract>,
    /// What was paid.
    pub payments: Vec<Paid>,
    /// What was to be paid.
    pub invoices: Vec<DueInvoice>,
    /// What was to be delivered.
    pub lines: Vec<DueLine>,
    /// Appeals.
    pub complaints: Vec<Appeal>,
    /// What producers were paid.
    pub producers: Vec<ProducerPaid>,
    /// What was published.
    pub releases: Vec<Published>,
}

/// The beginning of a text, to put texts in order by.
fn beginning(text: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(text.bytes()).for_each(|(byte, sign)| *byte = sign);
    Uuid::from_bytes(bytes)
}

impl Facts {
    /// Keeps what belongs to a report.
    pub fn keep(&mut self, scope: &Scope) {
        self.awards.retain(|fact| scope.holds(&fact.slice));
        self.bids.retain(|fact| scope.holds(&fact.slice));
        self.opened_lots.retain(|fact| scope.holds(&fact.slice));
        self.published_lots.retain(|fact| scope.holds(&fact.slice));
        self.requests.retain(|fact| scope.holds(&fact.slice));
        self.invitations.retain(|fact| scope.holds(&fact.slice));
        self.contracts.retain(|fact| scope.holds(&fact.slice));
        self.payments.retain(|fact| scope.holds(&fact.slice));
        self.invoices.retain(|fact| scope.holds(&fact.slice));
        self.lines.retain(|fact| scope.holds(&fact.slice));
        self.complaints.retain(|fact| scope.holds(&fact.slice));
        self.producers.retain(|fact| scope.holds(&fact.slice));
        self.releases.retain(|fact| scope.holds(&fact.slice));
    }

    /// Sorts each kind into its order.
    pub fn sort(&mut self) {
        sort(&mut self.awards);
        sort(&mut self.bids);
        sort(&mut self.opened_lots);
        sort(&mut self.published_lots);
        sort(&mut self.requests);
        sort(&mut self.invitations);
        sort(&mut self.contracts);
        sort(&mut self.payments);
        sort(&mut self.invoices);
        sort(&mut self.lines);
        sort(&mut self.complaints);
        sort(&mut self.producers);
        sort(&mut self.releases);
    }
}

/// Sorts facts into their order: by day, then by what they are about.
fn sort<F: Fact>(facts: &mut [F]) {
    facts.sort_by_key(|fact| (fact.slice().on, fact.order()));
}
