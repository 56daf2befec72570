//! Folding facts into cells.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    cell::{Cell, Cells, Measure, SHARES, Tally},
    class::Class,
    facts::{
        Appeal, AwardShare, BidShare, DueInvoice, DueLine, Facts, Family, Invited, OpenedLot, OpenedRequest, Paid,
        ProducerPaid, Published, PublishedLot, SignedContract,
    },
    scope::{GroupBy, Scope, Slice},
};

/// Folds facts into the numbers of a report. Facts outside its scope count for nothing.
#[must_use]
pub fn fold(facts: &Facts, scope: &Scope) -> Tally {
    let mut fold = Fold { scope, tally: Tally::default(), distinct: BTreeMap::new(), last: BTreeMap::new() };
    facts.awards.iter().for_each(|fact| fold.award(fact));
    facts.bids.iter().for_each(|fact| fold.bid(fact));
    facts.opened_lots.iter().for_each(|fact| fold.opened_lot(fact));
    facts.published_lots.iter().for_each(|fact| fold.published_lot(fact));
    facts.requests.iter().for_each(|fact| fold.request(fact));
    facts.invitations.iter().for_each(|fact| fold.invited(fact));
    facts.contracts.iter().for_each(|fact| fold.contract(fact));
    facts.payments.iter().for_each(|fact| fold.paid(fact));
    facts.invoices.iter().for_each(|fact| fold.invoice(fact));
    facts.lines.iter().for_each(|fact| fold.line(fact));
    facts.complaints.iter().for_each(|fact| fold.complaint(fact));
    facts.producers.iter().for_each(|fact| fold.producer(fact));
    facts.releases.iter().for_each(|fact| fold.release(fact));
    fold.finish()
}

/// A group; none for all.
type Group = Option<String>;

struct Fold<'s> {
    scope: &'s Scope,
    tally: Tally,
    distinct: BTreeMap<(Group, Cell), BTreeSet<String>>,
    /// Of each bidder her last bid, and what she was then.
    last: BTreeMap<(Group, Uuid), (NaiveDate, Uuid, Class)>,
}

impl Fold<'_> {
    fn groups(&self, slice: &Slice) -> impl Iterator<Item = Group> + use<> {
        let own = self.scope.group_by.map(|by: GroupBy| slice.key(by));
        std::iter::once(None).chain(own.map(Some))
    }

    fn add(&mut self, slice: &Slice, cell: &Cell, number: i128) {
        if !self.scope.holds(slice) {
            return;
        }
        for group in self.groups(slice) {
            let cells = match group {
                None => &mut self.tally.total,
                Some(key) => self.tally.groups.entry(key).or_default(),
            };
            cells.add(cell.clone(), number);
        }
    }

    fn count(&mut self, slice: &Slice, measure: Measure, class: Class) {
        self.add(slice, &Cell::of(measure, class), 1);
    }

    fn count_in(&mut self, slice: &Slice, measure: Measure, class: Class, bucket: Option<i64>) {
        if let Some(bucket) = bucket {
            self.add(slice, &Cell::of(measure, class).bucket(bucket), 1);
        }
    }

    fn different(&mut self, slice: &Slice, cell: &Cell, who: &str) {
        if self.scope.holds(slice) {
            for group in self.groups(slice) {
                self.distinct.entry((group, cell.clone())).or_default().insert(who.to_owned());
            }
        }
    }

    /// Counts a fact of a kind, and who is behind it.
    fn fact(&mut self, slice: &Slice, family: Family, who: Option<&str>) {
        self.add(slice, &Cell::of(Measure::Facts, Class::Unknown).key(family.as_str()), 1);
        if let Some(who) = who {
            self.different(slice, &Cell::of(Measure::Organizations, Class::Unknown).key(family.as_str()), who);
        }
    }

    fn award(&mut self, fact: &AwardShare) {
        let slice = &fact.slice;
        let value = i128::from(fact.minor) * i128::from(fact.share);
        let open = slice.method == "OPEN";
        let organization = fact.organization.to_string();
        let of = |measure| Cell::of(measure, fact.class).key(&fact.currency);
        let family = Family::Awards.as_str();
        self.different(slice, &Cell::of(Measure::Organizations, Class::Unknown).key(family), &organization);
        if fact.leads {
            self.fact(slice, Family::Awards, None);
            self.count(slice, Measure::Awards, fact.joint);
            if open {
                self.count(slice, Measure::OpenAwards, fact.joint);
            }
            self.count_in(slice, Measure::CloseToAward, fact.joint, fact.close_to_award);
        }
        self.add(slice, &of(Measure::AwardValue), value);
        if open {
            self.add(slice, &of(Measure::OpenValue), value);
        }
        if let Some(target) = fact.target {
            self.add(slice, &of(Measure::TargetedValue).bucket(target), value);
        }
        let mut goal = of(Measure::GoalValue).bucket(i64::from(fact.goal));
        goal.text = slice.product.clone().unwrap_or_default();
        self.add(slice, &goal, value);
        self.different(slice, &Cell::of(Measure::Winners, fact.class), &organization);
        if fact.first_on >= self.scope.from {
            self.different(slice, &Cell::of(Measure::NewWinners, fact.class), &organization);
        }
        if fact.class == Class::Women {
            if fact.verified {
                self.add(slice, &of(Measure::VerifiedValue), value);
            }
            let mut supplier = of(Measure::SupplierValue);
            supplier.who = Some(fact.organization);
            self.add(slice, &supplier, value);
        }
    }

    fn bid(&mut self, fact: &BidShare) {
        let slice = &fact.slice;
        if !self.scope.holds(slice) {
            return;
        }
        for group in self.groups(slice) {
            let now = (slice.on, fact.bid, fact.class);
            let last = self.last.entry((group, fact.organization)).or_insert(now);
            if (slice.on, fact.bid) >= (last.0, last.1) {
                *last = now;
            }
        }
        let family = Cell::of(Measure::Organizations, Class::Unknown).key(Family::Bids.as_str());
        self.different(slice, &family, &fact.organization.to_string());
        if !fact.leads {
            return;
        }
        self.fact(slice, Family::Bids, None);
        self.count(slice, Measure::Bids, fact.joint);
        match &fact.disqualified {
            Some(reason) => self.add(slice, &Cell::of(Measure::Disqualified, fact.joint).key(reason), 1),
            None => self.count(slice, Measure::ValidBids, fact.joint),
        }
        if fact.won {
            self.count(slice, Measure::WonBids, fact.joint);
        }
    }

    fn opened_lot(&mut self, fact: &OpenedLot) {
        let slice = &fact.slice;
        self.fact(slice, Family::OpenedLots, None);
        self.count_in(slice, Measure::BidsPerLot, Class::Unknown, Some(fact.bids));
        for (class, bids) in
            [(Class::Women, fact.women), (Class::NonWomen, fact.non_women), (Class::Unknown, fact.unknown)]
        {
            if bids > 0 {
                self.count(slice, Measure::LotsReached, class);
            }
        }
    }

    fn published_lot(&mut self, fact: &PublishedLot) {
        let slice = &fact.slice;
        let goal = !fact.measures.is_empty();
        self.fact(slice, Family::PublishedLots, None);
        self.count(slice, Measure::Lots, Class::Unknown);
        if goal {
            self.count(slice, Measure::GoalLots, Class::Unknown);
        }
        for kind in fact.measures.split(',').filter(|kind| !kind.is_empty()) {
            self.add(slice, &Cell::of(Measure::StrategyLots, Class::Unknown).key(kind), 1);
        }
        if let Some((minor, currency)) = fact.minor.zip(fact.currency.as_deref()) {
            let value = i128::from(minor) * SHARES;
            self.add(slice, &Cell::of(Measure::EstimatedValue, Class::Unknown).key(currency), value);
            if goal {
                self.add(slice, &Cell::of(Measure::GoalEstimatedValue, Class::Unknown).key(currency), value);
            }
        }
    }

    fn request(&mut self, fact: &OpenedRequest) {
        let slice = &fact.slice;
        self.fact(slice, Family::Requests, None);
        if slice.method == "OPEN" {
            self.count(slice, Measure::OpenRequests, Class::Unknown);
            if let Some(only) = fact.only {
                self.count(slice, Measure::SingleBid, only);
            }
        }
        self.count_in(slice, Measure::PublishToClose, Class::Unknown, Some(fact.publish_to_close));
    }

    fn invited(&mut self, fact: &Invited) {
        self.fact(&fact.slice, Family::Invitations, Some(&fact.organization.to_string()));
        self.count(&fact.slice, Measure::Invited, fact.class);
    }

    fn contract(&mut self, fact: &SignedContract) {
        let slice = &fact.slice;
        self.fact(slice, Family::Contracts, Some(&fact.organization.to_string()));
        self.count(slice, Measure::Contracts, fact.joint);
        if fact.amended {
            self.count(slice, Measure::Amended, fact.joint);
        }
        let of = |measure| Cell::of(measure, fact.joint).key(&fact.currency);
        self.add(slice, &of(Measure::SignedValue), i128::from(fact.signed_minor) * SHARES);
        self.add(slice, &of(Measure::CurrentValue), i128::from(fact.minor) * SHARES);
        self.count_in(slice, Measure::AwardToSign, fact.joint, fact.award_to_sign);
    }

    fn paid(&mut self, fact: &Paid) {
        self.fact(&fact.slice, Family::Payments, Some(&fact.organization.to_string()));
        self.count_in(&fact.slice, Measure::PaymentDays, fact.class, Some(fact.days));
        self.count_in(&fact.slice, Measure::SignToPayment, fact.class, fact.sign_to_payment);
    }

    fn invoice(&mut self, fact: &DueInvoice) {
        let slice = &fact.slice;
        self.fact(slice, Family::Invoices, Some(&fact.organization.to_string()));
        self.count(slice, Measure::Due, fact.class);
        if fact.on_time {
            self.count(slice, Measure::OnTime, fact.class);
        }
        let arrears = Cell::of(Measure::Arrears, fact.class).key(&fact.currency);
        self.add(slice, &arrears, i128::from(fact.unpaid_minor) * SHARES);
    }

    fn line(&mut self, fact: &DueLine) {
        self.fact(&fact.slice, Family::Lines, Some(&fact.organization.to_string()));
        self.count(&fact.slice, Measure::LinesDue, fact.joint);
        if fact.in_full {
            self.count(&fact.slice, Measure::LinesInFull, fact.joint);
        }
    }

    fn complaint(&mut self, fact: &Appeal) {
        let slice = &fact.slice;
        self.fact(slice, Family::Complaints, Some(&fact.organization.to_string()));
        self.count(slice, Measure::Complaints, fact.class);
        if fact.decided {
            self.count(slice, Measure::Decided, fact.class);
            self.count_in(slice, Measure::ComplaintDays, fact.class, fact.days);
        }
        if fact.upheld {
            self.count(slice, Measure::Upheld, fact.class);
        }
    }

    fn producer(&mut self, fact: &ProducerPaid) {
        self.fact(&fact.slice, Family::Producers, Some(&fact.producer));
        self.different(&fact.slice, &Cell::of(Measure::ProducersPaid, fact.class), &fact.producer);
        let cell = Cell::of(Measure::ConfirmedValue, fact.class).key(&fact.currency);
        self.add(&fact.slice, &cell, i128::from(fact.confirmed_minor) * SHARES);
    }

    fn release(&mut self, fact: &Published) {
        self.fact(&fact.slice, Family::Releases, None);
        self.count(&fact.slice, Measure::Events, Class::Unknown);
        self.count_in(&fact.slice, Measure::PublicationLag, Class::Unknown, fact.lag_minutes);
    }

    fn finish(mut self) -> Tally {
        for ((group, _), (_, _, class)) in std::mem::take(&mut self.last) {
            self.of_group(group).add(Cell::of(Measure::Tenderers, class), 1);
        }
        for ((group, cell), who) in std::mem::take(&mut self.distinct) {
            let number = i128::try_from(who.len()).unwrap_or(i128::MAX);
            self.of_group(group).add(cell, number);
        }
        self.tally
    }

    fn of_group(&mut self, group: Group) -> &mut Cells {
        match group {
            None => &mut self.tally.total,
            Some(key) => self.tally.groups.entry(key).or_default(),
        }
    }
}
