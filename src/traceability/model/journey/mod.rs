//! What is told to everybody of a lot: where it came from, who grew and made it, and what may be claimed of it.
//!
//! Of persons only names are told, and only of those who agreed. An organization that is suspended is not named.

pub mod way;

use chrono::NaiveDate;

use super::{
    event::EventKind,
    lot::CustodyModel,
    shares::{Shares, millionths},
};
use crate::{
    certification::model::{certificate::CertificateStatus, scheme::SchemeCover},
    directory::model::{
        ownership::{Definition, EvidenceLevel},
        place::Point,
    },
    kernel::{clock::Timestamp, locale::Texts},
};

/// Steps that are told at most.
pub const STEPS_MAX: usize = 60;
/// Names that are told at most.
pub const NAMES_MAX: usize = 60;
/// Lots of which a journey is put together at most. Of what lies further back nothing is known.
pub const LOTS_MAX: usize = 20_000;

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
    /// Who made it.
    pub maker: Party,
    /// Where it was made.
    pub place: Option<Spot>,
    /// The chain of custody.
    pub custody: CustodyModel,
    /// Whether the event that made it was declared an error.
    pub is_void: bool,
    /// Who grew it.
    pub growers: Growers,
    /// Everybody who had it, or what it was made of, in her hands, in the order of the way.
    pub makers: Vec<Maker>,
    /// What may be claimed of it, what stands first.
    pub claims: Vec<ClaimShown>,
    /// What happened, the first first.
    pub steps: Vec<Step>,
    /// How many steps are not told, because there are too many.
    pub steps_left_out: usize,
    /// Whether it was made of more lots than [`LOTS_MAX`].
    pub is_cut_off: bool,
    /// The recalls that are open, the first first.
    pub recalls: Vec<RecallShown>,
}

/// An organization as far as everybody may know it: its name; none while it is suspended.
pub type Party = Option<String>;

/// Where something was.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// The place's names.
    pub names: Texts,
    /// Where that is, roughly.
    pub point: Option<Point>,
}

/// Who grew what a lot was made of, by mass. Parts of a million, of which the first three add up to a million.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The names of those who agreed to be named, in the order of the alphabet; at most [`NAMES_MAX`].
    pub names: Vec<String>,
    /// How many others agreed.
    pub names_left_out: usize,
}

impl Growers {
    /// With the shares of a lot, and nobody counted yet.
    #[must_use]
    pub fn by_mass(shares: Shares) -> Self {
        let [women, others, unknown] = shares.millionths();
        let confirmed = millionths(shares.confirmed);
        let (women_count, producer_count, names, names_left_out) = (0, 0, Vec::new(), 0);
        Self { women, others, unknown, confirmed, women_count, producer_count, names, names_left_out }
    }
}

/// An organization that had a lot, or what it was made of, in its hands.
#[derive(Debug, Clone)]
pub struct Maker {
    /// Its name.
    pub name: Party,
    /// The first definition of women's ownership that it meets today, and how well that is supported.
    pub women_owned: Option<(Definition, Option<EvidenceLevel>)>,
    /// Where it is.
    pub place: Option<Spot>,
    /// What it did, each once.
    pub did: Vec<EventKind>,
}

/// A claim, then and now.
#[derive(Debug, Clone)]
pub struct ClaimShown {
    /// The scheme's code.
    pub scheme_code: String,
    /// What is claimed: the scheme's names.
    pub scheme: Texts,
    /// What the scheme speaks of: the product, or whoever made it.
    pub about: SchemeCover,
    /// How much of the lot it covers, in parts of a million; all of it where it speaks of whoever made it.
    pub share: u32,
    /// What the certificate was on the day on which the lot was made, as is known today.
    pub then: CertificateStatus,
    /// What it is today.
    pub now: CertificateStatus,
    /// The certificate's number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Who holds it.
    pub holder: Party,
    /// Its last day.
    pub valid_until: NaiveDate,
    /// Where its signed form is, for whoever wants to check it.
    pub credential_url: Option<String>,
}

/// Something that happened on the way.
#[derive(Debug, Clone)]
pub struct Step {
    /// What.
    pub kind: EventKind,
    /// When; of what is told together, when it began.
    pub at: Timestamp,
    /// When the last of what is told together happened.
    pub until: Timestamp,
    /// Who recorded it.
    pub organization: Party,
    /// Where.
    pub place: Option<Spot>,
    /// The names of the product that it was about, or that it gave.
    pub product: Texts,
    /// How much, in grams, where it is known.
    pub grams: Option<i64>,
    /// From how many producers, for deliveries that are told together.
    pub producers: usize,
    /// Whether it was declared an error later.
    pub is_void: bool,
}

/// A recall that is open.
#[derive(Debug, Clone)]
pub struct RecallShown {
    /// Who recalls.
    pub organization: Party,
    /// Why.
    pub reason: String,
    /// Since when.
    pub opened_at: Timestamp,
    /// Whom to call.
    pub phone: Option<String>,
}
