//! The facts of a report from an export of open contracting data, and from nothing else: one compiled release after the other.
//!
//! Where each stands is told by the room of open data. What producers were paid is not published, neither under their names nor under
//! others, since whoever deals with them could tell them apart; so [`NOT_PUBLISHED`] follows from an export for auditors alone.

mod contracts;
mod producers;
mod values;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

pub use self::values::Wrong;
use self::values::{amount, day_of, each, id, instant, party, scaled, text, text_of};
use super::{
    class::{Class, WHOLE},
    facts::{Appeal, AwardShare, BidShare, Facts, Invited, OpenedLot, OpenedRequest, Published, PublishedLot},
    scope::{Scope, Slice},
    target::Targets,
};
use crate::{
    directory::model::ownership::{EvidenceLevel, OwnershipStatus},
    ocds::model::audit::EDITION,
};

/// The formula of the indicator whose facts only an export for auditors has.
pub const NOT_PUBLISHED: &str = "GRP-22@1";

/// Collects facts.
#[derive(Debug)]
pub struct FromOcds<'s> {
    scope: &'s Scope,
    targets: &'s Targets,
    facts: Facts,
    firsts: BTreeMap<Uuid, NaiveDate>,
    behind: Vec<producers::Behind>,
    /// Processes that were read, and those that were told to auditors.
    processes: (u64, u64),
}

/// What an organization was where something relied on it.
#[derive(Debug, Clone, Copy)]
struct Frozen {
    class: Class,
    level: Option<EvidenceLevel>,
    is_yes: bool,
    until: Option<NaiveDate>,
}

const NOTHING_KNOWN: Frozen = Frozen { class: Class::Unknown, level: None, is_yes: false, until: None };

impl Frozen {
    /// Whether her evidence was verified and held on a day.
    fn is_verified(self, day: NaiveDate) -> bool {
        self.is_yes
            && self.level >= Some(EvidenceLevel::DocumentVerified)
            && self.until.is_none_or(|until| until >= day)
    }
}

/// One of those who bid or supply together.
#[derive(Debug, Clone, Copy)]
struct Partner {
    organization: Uuid,
    share: i64,
    leads: bool,
    frozen: Frozen,
}

fn joint(partners: &[Partner]) -> Class {
    Class::of_joint(partners.iter().map(|partner| (partner.frozen.class, partner.share)))
}

/// A lot of a request.
#[derive(Debug)]
struct Lot {
    id: Uuid,
    cancelled: bool,
    product: Option<String>,
    region: Option<String>,
    grams: Option<i64>,
}

/// What all facts of a process have in common.
#[derive(Debug)]
struct Process<'v> {
    release: &'v Value,
    buyer: Uuid,
    method: String,
    lots: Vec<Lot>,
}

impl Process<'_> {
    fn slice(&self, on: NaiveDate, lot: Option<&Lot>, level: Option<EvidenceLevel>) -> Slice {
        Slice {
            on,
            buyer: self.buyer,
            region: lot.and_then(|lot| lot.region.clone()),
            product: lot.and_then(|lot| lot.product.clone()),
            method: self.method.clone(),
            grams: lot.and_then(|lot| lot.grams),
            level,
        }
    }

    fn lot(&self, id: Uuid) -> Option<&Lot> {
        self.lots.iter().find(|lot| lot.id == id)
    }

    /// The first that was not taken out.
    fn first_lot(&self) -> Option<&Lot> {
        self.lots.iter().find(|lot| !lot.cancelled)
    }
}

/// A bid that was opened.
struct Bid {
    id: Uuid,
    partners: Vec<Partner>,
    lots: Vec<Uuid>,
    disqualified: Option<String>,
}

impl<'s> FromOcds<'s> {
    /// Gets ready to collect the facts of a report.
    #[must_use]
    pub fn new(scope: &'s Scope, targets: &'s Targets) -> Self {
        Self { scope, targets, facts: Facts::default(), firsts: BTreeMap::new(), behind: Vec::new(), processes: (0, 0) }
    }

    /// Takes the facts of a process from its compiled release.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub fn read(&mut self, release: &Value) -> Result<(), Wrong> {
        self.process(release).map_err(|wrong| wrong.of(release["ocid"].as_str().unwrap_or("a release without ocid")))
    }

    /// Whether every process so far was told to auditors, so that what producers were paid is known.
    #[must_use]
    pub const fn is_for_auditors(&self) -> bool {
        self.processes.1 > 0 && self.processes.0 == self.processes.1
    }

    /// The facts, in their order.
    #[must_use]
    pub fn finish(mut self) -> Facts {
        for fact in &mut self.facts.awards {
            fact.first_on = self.firsts.get(&fact.organization).copied().unwrap_or(fact.first_on);
        }
        self.facts.producers = producers::facts(self.behind, self.scope);
        self.facts.keep(self.scope);
        self.facts.sort();
        self.facts
    }

    fn process(&mut self, release: &Value) -> Result<(), Wrong> {
        self.processes.0 += 1;
        self.processes.1 += u64::from(release["bfw"]["edition"] == EDITION);
        let tender = &release["tender"];
        let mut lots = Vec::new();
        for lot in each(&tender["lots"]) {
            let item = each(&tender["items"]).find(|item| item["id"] == lot["id"]);
            lots.push(Lot {
                id: id(&lot["id"])?,
                cancelled: lot["status"] == "cancelled",
                product: item.and_then(|item| text_of(&item["classification"]["id"])),
                region: text_of(&lot["bfw"]["regionCode"]),
                grams: scaled(&lot["bfw"]["kilograms"], 3)?,
            });
        }
        let process = Process {
            release,
            buyer: party(&release["buyer"]["id"])?,
            method: text(&tender["procurementMethod"])?.to_uppercase(),
            lots,
        };
        self.publications(&process)?;
        if release["bfw"]["kind"] == "REQUEST" {
            let bids = self.bids(&process)?;
            self.request(&process, &bids)?;
            self.complaints(&process, &bids)?;
        }
        self.awards(&process)?;
        for contract in each(&release["contracts"]) {
            self.contract(&process, contract)?;
            self.producers(&process, contract)?;
        }
        Ok(())
    }

    fn partners(&self, of: &Value) -> Result<Vec<Partner>, Wrong> {
        let statuses = &of["womenStatus"];
        let partner = |share: &Value| {
            Ok(Partner {
                organization: party(&share["id"])?,
                share: scaled(&share["share"], 3)?.unwrap_or(WHOLE),
                leads: share["leads"].as_bool().unwrap_or(false),
                frozen: self.frozen(statuses, &share["id"])?,
            })
        };
        each(&of["shares"]).map(partner).collect()
    }

    /// What a party was by the definition of the report.
    fn frozen(&self, statuses: &Value, who: &Value) -> Result<Frozen, Wrong> {
        let wanted = self.scope.definition.as_str();
        let Some(found) = each(statuses).find(|one| one["party"] == *who && one["definition"] == wanted) else {
            return Ok(NOTHING_KNOWN);
        };
        let status: OwnershipStatus =
            text(&found["status"])?.parse().map_err(|_| Wrong::new("a women's status that there is not"))?;
        let level: Option<EvidenceLevel> = found["evidenceLevel"]
            .as_str()
            .map(str::parse)
            .transpose()
            .map_err(|_| Wrong::new("a level of evidence that there is not"))?;
        Ok(Frozen {
            class: Class::of(Some(status), level, self.scope.at_least),
            level,
            is_yes: status == OwnershipStatus::Yes,
            until: day_of(&found["evidenceUntil"])?,
        })
    }

    fn publications(&mut self, process: &Process<'_>) -> Result<(), Wrong> {
        let id = id(&process.release["tender"]["id"])?;
        for told in each(&process.release["bfw"]["publications"]) {
            let name = text(&told["id"])?;
            let sequence = name.rsplit_once('-').and_then(|(_, sequence)| sequence.parse().ok());
            let happened = instant(&told["occurredAt"])?.ok_or_else(|| Wrong::new("a publication without a time"))?;
            let published = instant(&told["publishedAt"])?;
            self.facts.releases.push(Published {
                slice: process.slice(happened.date_naive(), None, None),
                process: id,
                sequence: sequence.ok_or_else(|| Wrong::new("a release without a number"))?,
                lag_minutes: published.map(|at| (at.timestamp() - happened.timestamp()) / 60),
            });
        }
        Ok(())
    }

    fn bids(&mut self, process: &Process<'_>) -> Result<Vec<Bid>, Wrong> {
        let Some(opened) = instant(&process.release["tender"]["bfw"]["openedAt"])? else { return Ok(Vec::new()) };
        let mut bids = Vec::new();
        for bid in each(&process.release["bids"]["details"]) {
            bids.push(Bid {
                id: id(&bid["id"])?,
                partners: self.partners(&bid["bfw"])?,
                lots: each(&bid["relatedLots"]).map(id).collect::<Result<_, _>>()?,
                disqualified: text_of(&bid["bfw"]["disqualifiedReason"]),
            });
        }
        let won = |bid: Uuid, lot: Uuid| {
            each(&process.release["awards"]).any(|award| {
                let names = |list: &Value, wanted: Uuid| each(list).any(|one| id(one).ok() == Some(wanted));
                award["bfw"]["status"] == "ACTIVE"
                    && names(&award["relatedBids"], bid)
                    && names(&award["relatedLots"], lot)
            })
        };
        for bid in &bids {
            for lot in &bid.lots {
                let won = won(bid.id, *lot);
                for partner in &bid.partners {
                    self.facts.bids.push(BidShare {
                        slice: process.slice(opened.date_naive(), process.lot(*lot), partner.frozen.level),
                        bid: bid.id,
                        lot: *lot,
                        organization: partner.organization,
                        leads: partner.leads,
                        class: partner.frozen.class,
                        joint: joint(&bid.partners),
                        disqualified: bid.disqualified.clone(),
                        won,
                    });
                }
            }
        }
        Ok(bids)
    }

    fn request(&mut self, process: &Process<'_>, bids: &[Bid]) -> Result<(), Wrong> {
        let tender = &process.release["tender"];
        let own = &tender["bfw"];
        let request = id(&tender["id"])?;
        let published = instant(&own["publishedAt"])?;
        if let Some(opened) = instant(&own["openedAt"])? {
            let published = published.ok_or_else(|| Wrong::new("a request that was opened and not published"))?;
            let deadline = instant(&tender["tenderPeriod"]["endDate"])?;
            let deadline = deadline.ok_or_else(|| Wrong::new("a request without a deadline"))?;
            let only = match bids {
                [only] => Some(joint(&only.partners)),
                _ => None,
            };
            self.facts.requests.push(OpenedRequest {
                slice: process.slice(opened.date_naive(), process.first_lot(), None),
                request,
                bids: i64::try_from(bids.len()).unwrap_or(i64::MAX),
                only,
                publish_to_close: (deadline.date_naive() - published.date_naive()).num_days(),
            });
            for lot in process.lots.iter().filter(|lot| !lot.cancelled) {
                let of = |class: Option<Class>| {
                    let wanted = |bid: &&Bid| {
                        bid.lots.contains(&lot.id) && class.is_none_or(|class| class == joint(&bid.partners))
                    };
                    i64::try_from(bids.iter().filter(wanted).count()).unwrap_or(i64::MAX)
                };
                self.facts.opened_lots.push(OpenedLot {
                    slice: process.slice(opened.date_naive(), Some(lot), None),
                    lot: lot.id,
                    bids: of(None),
                    women: of(Some(Class::Women)),
                    non_women: of(Some(Class::NonWomen)),
                    unknown: of(Some(Class::Unknown)),
                });
            }
        }
        let Some(published) = published else { return Ok(()) };
        for (lot, written) in process.lots.iter().zip(each(&tender["lots"])).filter(|(lot, _)| !lot.cancelled) {
            let mut kinds = Vec::new();
            for measure in measures_of(process, lot.id) {
                kinds.push(text(&measure["kind"])?);
            }
            kinds.sort_unstable();
            kinds.dedup();
            self.facts.published_lots.push(PublishedLot {
                slice: process.slice(published.date_naive(), Some(lot), None),
                lot: lot.id,
                measures: kinds.join(","),
                minor: amount(&written["value"])?,
                currency: text_of(&written["value"]["currency"]),
            });
        }
        for invitation in each(&own["invitations"]) {
            let organization = party(&invitation["id"])?;
            let frozen = by_her_bid(bids, organization);
            self.facts.invitations.push(Invited {
                slice: process.slice(published.date_naive(), process.first_lot(), frozen.level),
                request,
                organization,
                class: frozen.class,
            });
        }
        Ok(())
    }

    fn complaints(&mut self, process: &Process<'_>, bids: &[Bid]) -> Result<(), Wrong> {
        for complaint in each(&process.release["bfw"]["complaints"]) {
            let filed = instant(&complaint["dateFiled"])?.ok_or_else(|| Wrong::new("an appeal without a date"))?;
            let organization = party(&complaint["complainant"]["id"])?;
            let status = text(&complaint["status"])?;
            let decided = matches!(status, "UPHELD" | "REJECTED" | "INADMISSIBLE");
            let ended = instant(&complaint["dateDecided"])?.filter(|_| decided);
            let frozen = by_her_bid(bids, organization);
            self.facts.complaints.push(Appeal {
                slice: process.slice(filed.date_naive(), process.first_lot(), frozen.level),
                complaint: id(&complaint["id"])?,
                organization,
                class: frozen.class,
                decided,
                upheld: status == "UPHELD",
                days: ended.map(|ended| (ended.date_naive() - filed.date_naive()).num_days()),
            });
        }
        Ok(())
    }

    fn awards(&mut self, process: &Process<'_>) -> Result<(), Wrong> {
        let tender = &process.release["tender"];
        let is_order = process.release["bfw"]["kind"] != "REQUEST";
        for award in each(&process.release["awards"]) {
            let own = &award["bfw"];
            let in_force = instant(&own["activatedAt"])?.filter(|_| own["status"] == "ACTIVE");
            let Some(in_force) = in_force else { continue };
            let day = in_force.date_naive();
            let partners = self.partners(own)?;
            let ordered = if is_order { contracts::first_line(process, &award["id"])? } else { None };
            let lot = match each(&award["relatedLots"]).next() {
                Some(lot) => process.lot(id(lot)?),
                None => ordered.as_ref(),
            };
            let measures: Vec<&Value> = lot.map(|lot| measures_of(process, lot.id).collect()).unwrap_or_default();
            let close_to_award =
                match (is_order, instant(&tender["tenderPeriod"]["endDate"])?, instant(&award["date"])?) {
                    (false, Some(deadline), Some(awarded)) => {
                        Some((awarded.date_naive() - deadline.date_naive()).num_days())
                    }
                    _ => None,
                };
            let mut target = None;
            for measure in measures.iter().filter(|measure| {
                measure["kind"] == "TARGET" && measure["definition"] == self.scope.definition.as_str()
            }) {
                target = target.max(scaled(&measure["percent"], 3)?);
            }
            for partner in &partners {
                let first = self.firsts.entry(partner.organization).or_insert(day);
                *first = day.min(*first);
                self.facts.awards.push(AwardShare {
                    slice: process.slice(day, lot, partner.frozen.level),
                    award: id(&award["id"])?,
                    organization: partner.organization,
                    leads: partner.leads,
                    class: partner.frozen.class,
                    joint: joint(&partners),
                    share: partner.share,
                    minor: amount(&award["value"])?.ok_or_else(|| Wrong::new("an award without an amount"))?,
                    currency: text(&award["value"]["currency"])?.to_owned(),
                    verified: partner.frozen.is_verified(day),
                    goal: !is_order && !measures.is_empty(),
                    target: target.or_else(|| self.targets.on(day)),
                    first_on: day,
                    close_to_award,
                });
            }
        }
        Ok(())
    }
}

/// What an organization was by the last of its bids on the request.
fn by_her_bid(bids: &[Bid], organization: Uuid) -> Frozen {
    let hers = bids.iter().filter_map(|bid| {
        let partner = bid.partners.iter().find(|partner| partner.organization == organization)?;
        Some((bid.id, partner.frozen))
    });
    hers.max_by_key(|(bid, _)| *bid).map_or(NOTHING_KNOWN, |(_, frozen)| frozen)
}

/// The gender measures that count for a lot.
fn measures_of<'v>(process: &Process<'v>, lot: Uuid) -> impl Iterator<Item = &'v Value> {
    let measures = each(&process.release["tender"]["bfw"]["measures"]);
    measures.filter(move |measure| measure["lot"].is_null() || id(&measure["lot"]).ok() == Some(lot))
}
