//! Cells: what facts are folded into. They count and add, and nothing else, so that any two ways to fold agree to the unit.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::class::Class;

/// Amounts stand in hundred-thousandths of a minor unit, since shares are thousandths of a percent.
pub const SHARES: i128 = 100_000;

crate::words! {
    /// What a cell counts or adds. `key` and `bucket` mean what stands behind the dash.
    Measure {
        /// Awards.
        Awards = "AWARDS",
        /// Their value, by share - key: currency.
        AwardValue = "AWARD_VALUE",
        /// Awards by the open method.
        OpenAwards = "OPEN_AWARDS",
        /// Their value - key: currency.
        OpenValue = "OPEN_VALUE",
        /// Value of awards with a target - key: currency; bucket: the target.
        TargetedValue = "TARGETED_VALUE",
        /// Value by whether there was a gender measure - key: currency; bucket: 1 if so; text: product.
        GoalValue = "GOAL_VALUE",
        /// Value of women whose evidence was verified - key: currency.
        VerifiedValue = "VERIFIED_VALUE",
        /// Value by supplier - key: currency.
        SupplierValue = "SUPPLIER_VALUE",
        /// Different winners.
        Winners = "WINNERS",
        /// Different winners who had not won before.
        NewWinners = "NEW_WINNERS",
        /// Awards - bucket: days from the deadline.
        CloseToAward = "CLOSE_TO_AWARD",
        /// Different bidders, each as of her last bid.
        Tenderers = "TENDERERS",
        /// Bids for lots.
        Bids = "BIDS",
        /// Bids for lots that were not excluded.
        ValidBids = "VALID_BIDS",
        /// Bids for lots that won.
        WonBids = "WON_BIDS",
        /// Bids for lots that were excluded - key: reason.
        Disqualified = "DISQUALIFIED",
        /// Lots - bucket: how many bids they had.
        BidsPerLot = "BIDS_PER_LOT",
        /// Lots with a bid of that class.
        LotsReached = "LOTS_REACHED",
        /// Lots that were asked for.
        Lots = "LOTS",
        /// Lots with a gender measure.
        GoalLots = "GOAL_LOTS",
        /// Lots with a gender measure - key: its kind.
        StrategyLots = "STRATEGY_LOTS",
        /// What lots were thought to cost - key: currency.
        EstimatedValue = "ESTIMATED_VALUE",
        /// What lots with a gender measure were thought to cost - key: currency.
        GoalEstimatedValue = "GOAL_ESTIMATED_VALUE",
        /// Open requests.
        OpenRequests = "OPEN_REQUESTS",
        /// Open requests with one bid.
        SingleBid = "SINGLE_BID",
        /// Requests - bucket: days from publication to deadline.
        PublishToClose = "PUBLISH_TO_CLOSE",
        /// Invitations.
        Invited = "INVITED",
        /// Contracts.
        Contracts = "CONTRACTS",
        /// Contracts that were changed.
        Amended = "AMENDED",
        /// Their value as signed first - key: currency.
        SignedValue = "SIGNED_VALUE",
        /// Their value now - key: currency.
        CurrentValue = "CURRENT_VALUE",
        /// Contracts - bucket: days from the award.
        AwardToSign = "AWARD_TO_SIGN",
        /// Payments - bucket: days.
        PaymentDays = "PAYMENT_DAYS",
        /// Contracts first paid on - bucket: days from the signature.
        SignToPayment = "SIGN_TO_PAYMENT",
        /// Invoices that fell due.
        Due = "DUE",
        /// Invoices that were paid in time.
        OnTime = "ON_TIME",
        /// What is unpaid of those past due - key: currency.
        Arrears = "ARREARS",
        /// Lines that were to be delivered.
        LinesDue = "LINES_DUE",
        /// Lines that were delivered in time and in full.
        LinesInFull = "LINES_IN_FULL",
        /// Appeals.
        Complaints = "COMPLAINTS",
        /// Appeals that were decided.
        Decided = "DECIDED",
        /// Appeals that were right.
        Upheld = "UPHELD",
        /// Appeals that were decided - bucket: days.
        ComplaintDays = "COMPLAINT_DAYS",
        /// Different producers who were paid.
        ProducersPaid = "PRODUCERS_PAID",
        /// What they confirmed - key: currency.
        ConfirmedValue = "CONFIRMED_VALUE",
        /// Events that are to be published.
        Events = "EVENTS",
        /// Events that were published - bucket: minutes until then.
        PublicationLag = "PUBLICATION_LAG",
        /// Facts - key: their kind.
        Facts = "FACTS",
        /// Different organizations behind them - key: their kind.
        Organizations = "ORGANIZATIONS",
    }
}

/// Of what there is a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// What is counted or added.
    pub measure: Measure,
    /// For whom.
    pub class: Class,
    /// See [`Measure`].
    pub key: String,
    /// See [`Measure`].
    pub text: String,
    /// The supplier, where it is by supplier.
    pub who: Option<Uuid>,
    /// See [`Measure`].
    pub bucket: i64,
}

impl Cell {
    /// Of a measure and a class.
    #[must_use]
    pub fn of(measure: Measure, class: Class) -> Self {
        Self { measure, class, key: String::new(), text: String::new(), who: None, bucket: 0 }
    }

    /// With a key.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    /// With a bucket.
    #[must_use]
    pub fn bucket(mut self, bucket: i64) -> Self {
        self.bucket = bucket;
        self
    }
}

/// The numbers of one group. A cell that is not there is zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cells(BTreeMap<Cell, i128>);

impl Cells {
    /// Adds to a cell.
    pub fn add(&mut self, cell: Cell, number: i128) {
        if number != 0 {
            let sum = self.0.entry(cell).or_default();
            *sum = sum.saturating_add(number);
        }
    }

    /// All cells of a measure with their numbers.
    pub fn of(&self, measure: Measure) -> impl Iterator<Item = (&Cell, i128)> {
        let first =
            Cell { measure, class: Class::Women, key: String::new(), text: String::new(), who: None, bucket: i64::MIN };
        self.0.range(first..).take_while(move |(cell, _)| cell.measure == measure).map(|(cell, number)| (cell, *number))
    }

    /// The sum of a measure, over the cells that `wanted` wants.
    #[must_use]
    pub fn sum(&self, measure: Measure, wanted: impl Fn(&Cell) -> bool) -> i128 {
        self.of(measure).filter(|(cell, _)| wanted(cell)).map(|(_, number)| number).sum()
    }

    /// The keys of a measure.
    #[must_use]
    pub fn keys(&self, measure: Measure) -> Vec<String> {
        let mut keys: Vec<String> = self.of(measure).map(|(cell, _)| cell.key.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Every cell.
    pub fn iter(&self) -> impl Iterator<Item = (&Cell, i128)> {
        self.0.iter().map(|(cell, number)| (cell, *number))
    }
}

/// The numbers of a report: of all, and group by group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Of all.
    pub total: Cells,
    /// By the group's key. Empty where the report is not sliced.
    pub groups: BTreeMap<String, Cells>,
}
