//! Walking along chains: whether every link follows from the one before it, and all of it is what was told and signed.

use std::collections::VecDeque;

use serde_json::Value;
use uuid::Uuid;

use super::{
    checkpoint::{CHECKPOINT_TYPE, claims},
    event::{EventKind, FIRST_LINK, event_urn, seal},
    merkle::{Growing, TILE, leaf},
};
use crate::{
    accounts::OrganizationId,
    credentials::model::{PublicKey, jws},
    kernel::{
        clock::{Timestamp, rfc3339, truncated},
        digest::Digest,
    },
};

/// What is wrong with a chain, at the first link where it shows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the chain of {organization} breaks at event {sequence}: {detail}")]
pub struct BrokenChain {
    /// Whose chain.
    pub organization: OrganizationId,
    /// The event.
    pub sequence: i64,
    /// In what way.
    pub detail: String,
}

/// A link of a chain, as its row has it: anything may stand there.
#[derive(Debug, Clone)]
pub struct Link {
    /// Whose chain.
    pub organization: Uuid,
    /// Its place.
    pub sequence: i64,
    /// The event.
    pub id: Uuid,
    /// What happened, as a word.
    pub kind: String,
    /// When it happened.
    pub event_time: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What is sealed.
    pub body: String,
    /// The seal.
    pub hash: Vec<u8>,
}

/// Something that is told of a chain up to a link.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Whose chain.
    pub organization: Uuid,
    /// The last link that it tells of.
    pub sequence: i64,
    /// What.
    pub told: Told,
}

/// What is told of a chain.
#[derive(Debug, Clone)]
pub enum Told {
    /// It ended there, with this seal.
    Head(Vec<u8>),
    /// The root of the last tile.
    Tile(Vec<u8>),
    /// What was signed.
    Signed {
        /// The root over all of it.
        root: Vec<u8>,
        /// When.
        at: Timestamp,
        /// The statement.
        token: String,
    },
}

/// What was found on the way.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Chains that were walked.
    pub chains: u64,
    /// Links that follow.
    pub events: u64,
    /// Signed statements that hold.
    pub checkpoints: u64,
    /// The first break of each chain that has one.
    pub broken: Vec<BrokenChain>,
    /// What is told of links behind the end that was seen, by their sequences. They may have been appended since: who walks
    /// has to look again.
    pub behind: Vec<(i64, BrokenChain)>,
}

/// A walk along all chains, one after the other, each from its first link.
#[derive(Debug)]
pub struct Walk {
    keys: Vec<PublicKey>,
    chain: Option<Chain>,
    found: Found,
}

impl Walk {
    /// Begins. `keys` are those that may have signed.
    #[must_use]
    pub fn new(keys: Vec<PublicKey>) -> Self {
        Self { keys, chain: None, found: Found::default() }
    }

    /// Goes on along `links`, which follow those of the last step, with everything that is told up to the last of them. Both
    /// in the order of organizations and sequences.
    pub fn step(&mut self, links: &[Link], marks: Vec<Mark>) {
        let mut marks = VecDeque::from(marks);
        for link in links {
            let at = (link.organization, link.sequence);
            while let Some(mark) = marks.pop_front_if(|mark| (mark.organization, mark.sequence) < at) {
                self.behind(mark);
            }
            self.of(link.organization).follow(link);
            self.found.events += 1;
            while let Some(mark) = marks.pop_front_if(|mark| (mark.organization, mark.sequence) == at) {
                self.hold(&mark);
            }
        }
        for mark in marks {
            self.behind(mark);
        }
    }

    /// What was found in all.
    #[must_use]
    pub fn end(mut self) -> Found {
        self.leave();
        self.found
    }

    /// The chain of an organization; that of another ends.
    fn of(&mut self, organization: Uuid) -> &mut Chain {
        if self.chain.as_ref().is_some_and(|chain| chain.organization != organization) {
            self.leave();
        }
        let found = &mut self.found;
        self.chain.get_or_insert_with(|| {
            found.chains += 1;
            Chain::new(organization)
        })
    }

    fn leave(&mut self) {
        let Some(mut chain) = self.chain.take() else { return };
        if chain.head.is_none_or(|head| head < chain.sequence) && chain.broken.is_none() {
            let detail = match chain.head {
                None => "the head of the chain is missing".to_owned(),
                Some(head) => format!("it stands behind the head of the chain, which is event {head}"),
            };
            chain.break_at(chain.head.unwrap_or(0) + 1, detail);
        }
        match chain.broken {
            Some(broken) => self.found.broken.push(broken),
            None => self.found.behind.extend(chain.behind),
        }
    }

    /// Holds the chain against what is told of it up to the link that was reached.
    fn hold(&mut self, mark: &Mark) {
        let Some(chain) = self.chain.as_mut().filter(|chain| chain.broken.is_none()) else { return };
        let wrong = match &mark.told {
            Told::Head(hash) => {
                chain.head = Some(mark.sequence);
                (hash.as_slice() != chain.seal.as_bytes()).then(|| "the head of the chain has another seal".to_owned())
            }
            Told::Tile(root) => (root.as_slice() != chain.tile_root.as_bytes())
                .then(|| format!("one of the {TILE} events up to it is another than when their hash was kept")),
            Told::Signed { root, at, token } => {
                let wrong = chain.unlike_signed(&self.keys, root, *at, token);
                self.found.checkpoints += u64::from(wrong.is_none());
                wrong
            }
        };
        if let Some(detail) = wrong {
            chain.break_at(mark.sequence, detail);
        }
    }

    /// Something is told of a link that was not seen.
    fn behind(&mut self, mark: Mark) {
        let chain = self.of(mark.organization);
        let what = match mark.told {
            Told::Head(_) => {
                chain.head = Some(mark.sequence);
                format!("the end of the chain is missing: its head is event {}", mark.sequence)
            }
            Told::Tile(_) => format!("the end of the chain is missing: a hash over event {} was kept", mark.sequence),
            Told::Signed { at, .. } => {
                format!("the end of the chain is missing: event {} was signed at {}", mark.sequence, rfc3339(at))
            }
        };
        let organization = OrganizationId::from_uuid(mark.organization);
        chain.behind.push((mark.sequence, BrokenChain { organization, sequence: chain.sequence + 1, detail: what }));
    }
}

/// A chain, as far as it was walked.
#[derive(Debug)]
struct Chain {
    organization: Uuid,
    sequence: i64,
    seal: Digest,
    /// The leaves of the tile that is not whole.
    tile: Growing,
    /// The roots of the whole tiles, as leaves.
    tiles: Growing,
    /// The root of the last whole tile.
    tile_root: Digest,
    head: Option<i64>,
    broken: Option<BrokenChain>,
    behind: Vec<(i64, BrokenChain)>,
}

impl Chain {
    fn new(organization: Uuid) -> Self {
        let seal = Digest::from(FIRST_LINK);
        let (tile, tiles) = (Growing::default(), Growing::default());
        let (head, broken, behind) = (None, None, Vec::new());
        Self { organization, sequence: 0, seal, tile, tiles, tile_root: seal, head, broken, behind }
    }

    fn break_at(&mut self, sequence: i64, detail: String) {
        let organization = OrganizationId::from_uuid(self.organization);
        self.broken = Some(BrokenChain { organization, sequence, detail });
    }

    fn follow(&mut self, link: &Link) {
        if self.broken.is_some() {
            return;
        }
        if let Err(detail) = self.follows(link) {
            self.break_at(link.sequence, detail);
            return;
        }
        self.sequence = link.sequence;
        self.tile.push(leaf(&self.seal));
        if self.tile.size() == TILE {
            self.tile_root = self.tile.root();
            self.tiles.push(self.tile_root);
            self.tile = Growing::default();
        }
    }

    /// Whether a link follows, and what it says of itself is so; its seal is the last one then.
    fn follows(&mut self, link: &Link) -> Result<(), String> {
        if link.sequence != self.sequence + 1 {
            let missing = link.sequence - self.sequence - 1;
            return Err(format!("{missing} events before it are missing"));
        }
        let sealed = seal(self.seal.as_bytes(), &link.body);
        if link.hash != sealed.as_bytes() {
            return Err("its seal does not follow from its content and the event before it".to_owned());
        }
        self.seal = sealed;
        told_of_itself(link)
    }

    fn root(&self) -> Digest {
        let mut tree = self.tiles.clone();
        if self.tile.size() > 0 {
            tree.push(self.tile.root());
        }
        tree.root()
    }

    /// What is wrong with what was signed of the chain up to here.
    fn unlike_signed(&self, keys: &[PublicKey], root: &[u8], at: Timestamp, token: &str) -> Option<String> {
        let said = match jws::open_statement(keys, CHECKPOINT_TYPE, token) {
            Ok(said) => said,
            Err(error) => return Some(format!("what was signed of the chain up to it: {error}")),
        };
        let computed = self.root();
        let organization = OrganizationId::from_uuid(self.organization);
        let issuer = said["iss"].as_str().unwrap_or_default();
        let same = root == computed.as_bytes()
            && said == claims(issuer, organization, (self.sequence, self.seal), computed, at);
        (!same).then(|| format!("the events up to it are not those that were signed at {}", rfc3339(at)))
    }
}

/// Whether the body is canonical, and says of itself what its row says.
fn told_of_itself(link: &Link) -> Result<(), String> {
    let body: Value = serde_json::from_str(&link.body).map_err(|_| "its content is not readable".to_owned())?;
    if serde_json_canonicalizer::to_string(&body).ok().as_deref() != Some(link.body.as_str()) {
        return Err("its content is not in its canonical form".to_owned());
    }
    let kind = link.kind.parse::<EventKind>().map_err(|error| format!("its kind: {error}"))?;
    let organization = OrganizationId::from_uuid(link.organization);
    // What another told of keeps the names that it gave, and an error is declared under the name of the event that was one, which
    // may be what another told of.
    let is_first = !matches!(kind, EventKind::Captured | EventKind::Correction);
    let name = body["eventID"].as_str();
    let time = body["eventTime"].as_str().map(|time| time.parse::<chrono::DateTime<chrono::FixedOffset>>());
    let told = |field: &str| body[field].as_str();
    for (is_so, what) in [
        (name.is_some_and(|name| !is_first || name == event_urn(link.id)), "id"),
        (body["recordTime"] == rfc3339(link.recorded_at), "time of recording"),
        (time.is_none_or(|time| time.is_ok_and(|time| truncated(time.into()) == link.event_time)), "time"),
        (!is_first || told("bfw:kind").is_none_or(|told| told == kind.as_str()), "kind"),
        (
            !is_first || told("bfw:organization").is_none_or(|told| told.ends_with(&format!("/{organization}"))),
            "organization",
        ),
        (kind != EventKind::Correction || body["errorDeclaration"].is_object(), "kind"),
    ] {
        if !is_so {
            return Err(format!("its {what} is another than its content says"));
        }
    }
    Ok(())
}
