//! What may be asked of events: the parameters of the standard's simple event query (EPCIS 2.0, section 8.2.7.1).
//!
//! Different parameters all hold, several values of one (`a|b`) are alternatives. The standard's words are taken bare and as
//! URIs, lots of ours by their addresses. `MATCH_…EPC` and `MATCH_…EPCClass` find the same: what an identifier stands for, one
//! thing or a class, says the identifier. Patterns of identifiers are not understood, and said so.

use std::collections::BTreeSet;

use super::{
    Names,
    foreign::{Wrong, instant},
};
use crate::{
    kernel::{clock::Timestamp, page::CursorKey},
    traceability::model::event::EpcRole,
};

/// Events on a page when nobody says how many.
pub const PER_PAGE: u32 = 30;
/// Events on a page at most.
pub const PER_PAGE_MAX: u32 = 100;
/// Values of a parameter at most.
const VALUES_MAX: usize = 50;

/// What events are listed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderBy {
    /// When it happened.
    EventTime,
    /// When it was recorded.
    RecordTime,
}

/// Events about any of these, each in one of these roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Codes of lots that are kept here, identifiers of others as they stand.
    pub epcs: Vec<String>,
    /// As what.
    pub roles: &'static [EpcRole],
}

/// A question. Empty lists ask for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventQuery {
    /// Types of events.
    pub types: Vec<String>,
    /// What is done to the things.
    pub actions: Vec<String>,
    /// Steps of business.
    pub biz_steps: Vec<String>,
    /// The state afterwards.
    pub dispositions: Vec<String>,
    /// Where it was read.
    pub read_points: Vec<String>,
    /// Where the things are afterwards.
    pub biz_locations: Vec<String>,
    /// What the events are called.
    pub uris: Vec<String>,
    /// Not before.
    pub event_time_from: Option<Timestamp>,
    /// Before.
    pub event_time_before: Option<Timestamp>,
    /// Not recorded before.
    pub record_time_from: Option<Timestamp>,
    /// Recorded before.
    pub record_time_before: Option<Timestamp>,
    /// Only declarations of errors.
    pub declares_error: bool,
    /// What they are about; all hold.
    pub matches: Vec<Match>,
    /// What they are listed by.
    pub order_by: OrderBy,
    /// The last first.
    pub descending: bool,
    /// How many at most, over all pages.
    pub limit: Option<u64>,
    /// How many on a page.
    pub per_page: u32,
    /// Where the page begins: after this event.
    pub after: Option<CursorKey>,
}

impl Default for EventQuery {
    fn default() -> Self {
        Self {
            types: Vec::new(),
            actions: Vec::new(),
            biz_steps: Vec::new(),
            dispositions: Vec::new(),
            read_points: Vec::new(),
            biz_locations: Vec::new(),
            uris: Vec::new(),
            event_time_from: None,
            event_time_before: None,
            record_time_from: None,
            record_time_before: None,
            declares_error: false,
            matches: Vec::new(),
            order_by: OrderBy::EventTime,
            descending: true,
            limit: None,
            per_page: PER_PAGE,
            after: None,
        }
    }
}

const OBJECTS: &[EpcRole] = &[EpcRole::Object, EpcRole::Child];
const INPUTS: &[EpcRole] = &[EpcRole::Input];
const OUTPUTS: &[EpcRole] = &[EpcRole::Output];
const PARENTS: &[EpcRole] = &[EpcRole::Parent];

/// What `MATCH_` may be followed by.
fn roles(name: &str) -> Option<&'static [EpcRole]> {
    Some(match name {
        "epc" | "epcClass" => OBJECTS,
        "anyEPC" | "anyEPCClass" => EpcRole::ALL,
        "inputEPC" | "inputEPCClass" => INPUTS,
        "outputEPC" | "outputEPCClass" => OUTPUTS,
        "parentID" => PARENTS,
        _ => return None,
    })
}

impl EventQuery {
    /// Reads parameters, each with the name of what is wrong with it.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn read(names: Names<'_>, parameters: &[(String, String)]) -> Result<Self, Vec<Wrong>> {
        let mut query = Self::default();
        let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
        for (name, value) in parameters {
            let read =
                if seen.insert(name) { query.parameter(names, name, value) } else { Err("may be given once".into()) };
            wrong.extend(read.err().map(|message| Wrong::new(name.as_str(), message)));
        }
        if wrong.is_empty() { Ok(query) } else { Err(wrong) }
    }

    fn parameter(&mut self, names: Names<'_>, name: &str, value: &str) -> Result<(), String> {
        match name {
            "eventType" => self.types = values(value)?,
            "EQ_action" => self.actions = values(value)?,
            "EQ_bizStep" => self.biz_steps = words(value, "BizStep-", "urn:epcglobal:cbv:bizstep:")?,
            "EQ_disposition" => self.dispositions = words(value, "Disp-", "urn:epcglobal:cbv:disp:")?,
            "EQ_readPoint" => self.read_points = values(value)?,
            "EQ_bizLocation" => self.biz_locations = values(value)?,
            "EQ_eventID" => self.uris = values(value)?,
            "GE_eventTime" => self.event_time_from = Some(time(value)?),
            "LT_eventTime" => self.event_time_before = Some(time(value)?),
            "GE_recordTime" => self.record_time_from = Some(time(value)?),
            "LT_recordTime" => self.record_time_before = Some(time(value)?),
            "EXISTS_errorDeclaration" => match value {
                "" | "true" => self.declares_error = true,
                _ => return Err("true, or nothing".into()),
            },
            "orderBy" => {
                self.order_by = match value {
                    "eventTime" => OrderBy::EventTime,
                    "recordTime" => OrderBy::RecordTime,
                    _ => return Err("eventTime or recordTime".into()),
                }
            }
            "orderDirection" => {
                self.descending = match value {
                    "DESC" => true,
                    "ASC" => false,
                    _ => return Err("ASC or DESC".into()),
                }
            }
            "eventCountLimit" => self.limit = Some(count(value)?),
            "perPage" => {
                let count = u32::try_from(count(value)?).unwrap_or(PER_PAGE_MAX);
                self.per_page = count.min(PER_PAGE_MAX);
            }
            _ => {
                let roles = name.strip_prefix("MATCH_").and_then(roles);
                let roles = roles.ok_or("this parameter is not understood here")?;
                self.matches.push(Match { epcs: epcs(names, value)?, roles });
            }
        }
        Ok(())
    }

    /// About something in any role, beside all else.
    #[must_use]
    pub fn about(mut self, names: Names<'_>, epc: &str) -> Self {
        self.matches.push(Match { epcs: vec![code_or_uri(names, epc)], roles: EpcRole::ALL });
        self
    }

    /// What tells lists of this order from others, for cursors.
    #[must_use]
    pub fn list(&self) -> String {
        format!("epcis {:?} {}", self.order_by, self.descending)
    }
}

/// What an identifier is kept as.
#[must_use]
pub fn code_or_uri(names: Names<'_>, epc: &str) -> String {
    names.code_of_lot(epc).unwrap_or(epc).to_owned()
}

fn epcs(names: Names<'_>, value: &str) -> Result<Vec<String>, String> {
    let values = values(value)?;
    if values.iter().any(|value| value.starts_with("urn:epc:idpat:") || value.ends_with('*')) {
        return Err("patterns are not understood here; name identifiers".into());
    }
    Ok(values.iter().map(|value| code_or_uri(names, value)).collect())
}

fn values(value: &str) -> Result<Vec<String>, String> {
    let values: Vec<String> = value.split('|').map(str::to_owned).collect();
    if values.iter().any(String::is_empty) || values.len() > VALUES_MAX {
        return Err(format!("from 1 to {VALUES_MAX} values with | between them"));
    }
    if value.contains('\0') {
        return Err("holds no NUL".into());
    }
    Ok(values)
}

/// The standard's words as they are kept: bare.
fn words(value: &str, begin: &str, old: &str) -> Result<Vec<String>, String> {
    let web = format!("https://ref.gs1.org/cbv/{begin}");
    let curie = format!("cbv:{begin}");
    let bare = |value: String| {
        let bare = [web.as_str(), curie.as_str(), old].iter().find_map(|begin| value.strip_prefix(begin));
        bare.map(str::to_owned).unwrap_or(value)
    };
    Ok(values(value)?.into_iter().map(bare).collect())
}

fn time(value: &str) -> Result<Timestamp, String> {
    // A plus sign that was not encoded arrives as a space.
    instant(&value.replace(' ', "+")).ok_or_else(|| "an instant such as 2026-11-02T08:00:00Z".into())
}

fn count(value: &str) -> Result<u64, String> {
    value.parse().ok().filter(|count| *count > 0).ok_or_else(|| "a whole number from 1".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parameters: &[(&str, &str)]) -> Result<EventQuery, Vec<Wrong>> {
        let owned: Vec<_> = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        EventQuery::read(Names::under("https://market.example"), &owned)
    }

    #[test]
    fn parameters_are_read_as_the_standard_means_them() {
        let query = read(&[
            ("eventType", "ObjectEvent|TransformationEvent"),
            ("EQ_bizStep", "https://ref.gs1.org/cbv/BizStep-shipping|receiving|urn:epcglobal:cbv:bizstep:holding"),
            ("MATCH_anyEPC", "https://market.example/trace/A1|urn:epc:id:sscc:4012345.0111111111"),
            ("GE_eventTime", "2026-11-02T08:00:00 02:00"),
            ("perPage", "1000"),
            ("orderDirection", "ASC"),
        ]);
        let query = query.unwrap();
        assert_eq!(query.types, ["ObjectEvent", "TransformationEvent"]);
        assert_eq!(query.biz_steps, ["shipping", "receiving", "holding"]);
        assert_eq!(query.matches[0].epcs, ["A1", "urn:epc:id:sscc:4012345.0111111111"]);
        assert_eq!(query.event_time_from, Some("2026-11-02T06:00:00Z".parse().unwrap()));
        assert_eq!((query.per_page, query.descending), (PER_PAGE_MAX, false));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (name, value) in [
            ("EQ_colour", "red"),
            ("MATCH_epcs", "a:b"),
            ("MATCH_epc", "urn:epc:idpat:sgtin:4012345.011111.*"),
            ("EQ_action", ""),
            ("EQ_action", "ADD||"),
            ("GE_eventTime", "today"),
            ("perPage", "0"),
            ("perPage", "-1"),
            ("orderBy", "size"),
            ("orderDirection", "up"),
            ("EXISTS_errorDeclaration", "false"),
        ] {
            let wrong = read(&[(name, value)]).unwrap_err();
            assert_eq!(wrong.iter().map(|wrong| wrong.path.as_str()).collect::<Vec<_>>(), [name], "{value}");
        }
        assert_eq!(read(&[("perPage", "1"), ("perPage", "2")]).unwrap_err()[0].message, "may be given once");
    }
}
