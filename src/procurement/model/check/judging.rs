//! What bids are judged by: weighted criteria, and what the request does for women.

use super::{CheckedCriterion, CheckedMeasure, Checking, at};
use crate::{
    directory::model::ownership::Percent,
    kernel::{ErrorCode, UserError, decimal::format_scaled, text::TextRule},
    procurement::model::{
        draft::{RawMeasure, RawRequest},
        request::{CriterionKind, MeasureKind, Method},
        rules::RuleName,
    },
};

/// Criteria, and measures, of one request at most.
const MAX: usize = 20;
const SOURCE: TextRule = TextRule { length_min: 2, length_max: 500, multiline: false };

impl Checking<'_> {
    pub(super) fn criteria(&mut self, raw: &RawRequest) -> Vec<CheckedCriterion> {
        let path = ["input", "criteria"];
        if raw.criteria.is_empty() {
            self.push(UserError::new(ErrorCode::Required, path));
            return Vec::new();
        }
        if raw.criteria.len() > MAX {
            self.push(UserError::new(ErrorCode::TooLong, path).with("maximum", MAX));
            return Vec::new();
        }
        let mut criteria = Vec::with_capacity(raw.criteria.len());
        for (index, criterion) in raw.criteria.iter().enumerate() {
            let index = index.to_string();
            let name = self.take(TextRule::NAME.check(&criterion.name, at(&["criteria", &index, "name"])));
            let whole = (1, Percent::WHOLE.thousandths());
            let weight = self.number(&criterion.weight, whole, &["criteria", &index, "weightPercent"]);
            if let (Some(name), Some(weight)) = (name, weight) {
                criteria.push(CheckedCriterion { name, kind: criterion.kind, weight });
            }
        }
        let sum: i64 = criteria.iter().map(|criterion| criterion.weight).sum();
        // Where a weight is no number, their sum says nothing.
        if criteria.len() == raw.criteria.len() && sum != Percent::WHOLE.thousandths() {
            let error = UserError::new(ErrorCode::WeightsNotWhole, path);
            self.push(error.with("actual", format_scaled(sum, Percent::DECIMALS)));
        }
        self.prices(raw);
        self.women_status(raw);
        criteria
    }

    /// One criterion is the price; where one is asked directly, there may be none.
    fn prices(&mut self, raw: &RawRequest) {
        let path = ["input", "criteria"];
        let prices = raw.criteria.iter().filter(|criterion| criterion.kind == CriterionKind::Price).count();
        if prices > 1 || (prices == 0 && raw.method != Method::Direct) {
            let reason = format!("PRICE × {prices}");
            self.push(UserError::new(ErrorCode::Inconsistent, path).with("reason", reason));
        }
    }

    /// The criterion WOMEN_STATUS gives the points that the measure AWARD_CRITERION speaks of: neither is without the other.
    fn women_status(&mut self, raw: &RawRequest) {
        let criteria = raw.criteria.iter().filter(|criterion| criterion.kind == CriterionKind::WomenStatus).count();
        let measures = raw.measures.iter().filter(|measure| measure.kind == MeasureKind::AwardCriterion).count();
        if criteria > 1 || (criteria == 0 && measures > 0) {
            let error = UserError::new(ErrorCode::Inconsistent, ["input", "criteria"]);
            self.push(error.with("reason", format!("WOMEN_STATUS × {criteria}, AWARD_CRITERION × {measures}")));
        } else if criteria == 1 && measures != 1 {
            let error = UserError::new(ErrorCode::Inconsistent, ["input", "genderMeasures"]);
            self.push(error.with("reason", format!("WOMEN_STATUS × {criteria}, AWARD_CRITERION × {measures}")));
        }
    }

    pub(super) fn measures(&mut self, raw: &RawRequest) -> Vec<CheckedMeasure> {
        if raw.measures.len() > MAX {
            self.push(UserError::new(ErrorCode::TooLong, ["input", "genderMeasures"]).with("maximum", MAX));
            return Vec::new();
        }
        let mut measures: Vec<CheckedMeasure> = Vec::with_capacity(raw.measures.len());
        for (index, measure) in raw.measures.iter().enumerate() {
            let index = index.to_string();
            let Some(measure) = self.measure(measure, &index, raw) else { continue };
            if measures.iter().any(|earlier| contradict(earlier, &measure)) {
                let error = UserError::new(ErrorCode::Inconsistent, at(&["genderMeasures", &index]));
                self.push(error.with("reason", measure.kind.as_str()));
            }
            measures.push(measure);
        }
        measures
    }

    fn measure(&mut self, raw: &RawMeasure, index: &str, request: &RawRequest) -> Option<CheckedMeasure> {
        let source = match raw.source.as_deref() {
            Some(source) => Some(self.take(SOURCE.check(source, at(&["genderMeasures", index, "source"])))?),
            None => None,
        };
        let lot = self.measured_lot(raw, index, request)?;
        if raw.kind == MeasureKind::AwardCriterion && lot.is_some() {
            // Criteria are the request's, and so is what they give points for.
            let error = UserError::new(ErrorCode::Inconsistent, at(&["genderMeasures", index, "kind"]));
            self.push(error.with("reason", raw.kind.as_str()));
        }
        let percent = self.percent(raw, index);
        Some(CheckedMeasure {
            kind: raw.kind,
            lot,
            definition: raw.definition,
            at_least_evidence: raw.at_least_evidence,
            percent: percent?,
            source,
        })
    }

    /// The place of the lot that a measure is for; the outer none where it names none that there is.
    fn measured_lot(&mut self, raw: &RawMeasure, index: &str, request: &RawRequest) -> Option<Option<usize>> {
        match (raw.lot_position, raw.lot) {
            (None, None) => Some(None),
            (Some(_), Some(_)) => {
                let error = UserError::new(ErrorCode::Inconsistent, at(&["genderMeasures", index, "lotPosition"]));
                self.push(error.with("reason", "lotPosition, lotId"));
                None
            }
            (Some(position), None) => {
                let lots = request.lots.len();
                let found = usize::try_from(position).ok().filter(|position| *position < lots);
                if found.is_none() {
                    let error = UserError::new(ErrorCode::OutOfRange, at(&["genderMeasures", index, "lotPosition"]));
                    self.push(error.with("minimum", 0).with("maximum", lots.saturating_sub(1)));
                }
                found.map(Some)
            }
            (None, Some(id)) => {
                let found = request.lots.iter().position(|lot| lot.id == Some(id));
                if found.is_none() {
                    self.push(UserError::new(ErrorCode::NotFound, at(&["genderMeasures", index, "lotId"])));
                }
                found.map(Some)
            }
        }
    }

    /// The margin or the target, more than nothing; none for other measures. The outer none where it is wrong.
    fn percent(&mut self, raw: &RawMeasure, index: &str) -> Option<Option<Percent>> {
        let fields = ["genderMeasures", index, "percent"];
        let maximum = match raw.kind {
            MeasureKind::MarginOfPreference => self.reference.rule(RuleName::PreferencePercentMax),
            MeasureKind::Target => Percent::WHOLE.thousandths(),
            MeasureKind::ReservedParticipation | MeasureKind::AwardCriterion | MeasureKind::LotSizing => {
                if raw.percent.is_some() {
                    let error = UserError::new(ErrorCode::Inconsistent, at(&fields));
                    self.push(error.with("reason", raw.kind.as_str()));
                    return None;
                }
                return Some(None);
            }
        };
        let Some(text) = &raw.percent else {
            self.push(UserError::new(ErrorCode::Required, at(&fields)));
            return None;
        };
        let thousandths = self.number(text, (1, maximum), &fields)?;
        Some(Percent::from_thousandths(thousandths))
    }
}

/// Whether two measures of a kind say different things of the same lot. Of what is meant or told, each definition speaks for
/// itself; of what changes who may bid and how ranks come about, there is one.
fn contradict(one: &CheckedMeasure, other: &CheckedMeasure) -> bool {
    let same_lot = one.lot.is_none() || other.lot.is_none() || one.lot == other.lot;
    let same = match one.kind {
        MeasureKind::ReservedParticipation | MeasureKind::MarginOfPreference | MeasureKind::AwardCriterion => true,
        MeasureKind::LotSizing | MeasureKind::Target => one.definition == other.definition,
    };
    one.kind == other.kind && same_lot && same
}
