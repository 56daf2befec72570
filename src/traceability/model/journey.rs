//! What is told to everybody of a lot: where it came from, who grew and made it, and what may be claimed of it.

use crate::{
    directory::model::place::Point,
    kernel::{clock::Timestamp, locale::Texts},
};

use super::{event::EventKind, lot::CustodyModel};

/// Everything that a public page tells of a lot.
#[derive(Debug, Clone)]
pub struct Journey {
    /// What stands on the label.
    pub code: String,
    /// The lot's identifier, which is also where its page is.
    pub url: String,
    /// The product's names.
    pub product: Texts,
    /// Its grade, where one was found.
    pub grade: Option<String>,
    /// What it weighed when it was made, in grams.
    pub grams: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// The chain of custody.
    pub custody: CustodyModel,
    /// Whether the event that made it was declared an error.
    pub is_void: bool,
    /// Who grew it.
    pub growers: Growers,
    /// Everybody who had it in her hands, in the order of the way.
    pub makers: Vec<Maker>,
    /// What may be claimed of it.
    pub claims: Vec<ClaimShown>,
    /// What happened, the first first.
    pub steps: Vec<Step>,
    /// How many steps are not told, because there are too many.
    pub steps_left_out: usize,
    /// The recalls that are open.
    pub recalls: Vec<RecallShown>,
}

/// Who grew what a lot was made of, by mass. Parts of a million, which add up to a million.
#[derive(Debug, Clone, Default)]
pub struct Growers {
    /// Grown by women.
    pub women: u32,
    /// Grown by others.
    pub others: u32,
    /// Not known.
    pub unknown: u32,
    /// Confirmed by the producers themselves.
    pub confirmed: u32,
    /// How many women delivered.
    pub women_count: usize,
    /// How many producers delivered.
    pub producer_count: usize,
    /// The names of those who agreed to be named.
    pub names: Vec<String>,
}

/// An organization that had a lot, or what it was made of, in its hands.
#[derive(Debug, Clone)]
pub struct Maker {
    /// Its name.
    pub name: String,
    /// Whether it is owned by women by the first definition that its assessment meets; its name then.
    pub women_owned: Option<Texts>,
    /// Its place's name.
    pub place: Option<String>,
    /// Where that is.
    pub point: Option<Point>,
    /// What it did, each once.
    pub did: Vec<EventKind>,
}

/// A claim, then and now.
#[derive(Debug, Clone)]
pub struct ClaimShown {
    /// What is claimed: the scheme's names.
    pub scheme: Texts,
    /// How much of the lot it covers, in parts of a million.
    pub share: u32,
    /// Whether it held when the lot was made.
    pub held_then: bool,
    /// Whether its certificates hold today.
    pub holds_now: bool,
    /// The certificate's number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Who holds it.
    pub holder: String,
    /// Its last day.
    pub valid_until: chrono::NaiveDate,
    /// Where its signed form is, for whoever wants to check it.
    pub credential_url: Option<String>,
}

/// Something that happened on the way.
#[derive(Debug, Clone)]
pub struct Step {
    /// What.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// Who recorded it: the organization's name.
    pub organization: String,
    /// The name of the place.
    pub place: Option<String>,
    /// Where that is.
    pub point: Option<Point>,
    /// The names of the product that it gave.
    pub product: Texts,
    /// How much, in grams.
    pub grams: i64,
    /// From how many producers, for deliveries that are told together.
    pub producers: usize,
    /// Whether it was declared an error later.
    pub is_void: bool,
}

/// A recall that is open.
#[derive(Debug, Clone)]
pub struct RecallShown {
    /// Who recalls.
    pub organization: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub opened_at: Timestamp,
    /// Whom to call.
    pub phone: Option<String>,
}
