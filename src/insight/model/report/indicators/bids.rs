//! Who takes part: indicators over requests, lots, invitations and opened bids. A bid is counted once for each lot it offers.

use super::awards::each_currency;
use crate::insight::model::report::{
    cell::{Cells, Measure},
    figure::{Figure, Split, Unit, median, money},
    ratio::Ratio,
};

/// 4: different women bidders ÷ different bidders, each as she was at her last bid.
pub(super) fn bidder_share(cells: &Cells) -> Vec<Figure> {
    vec![women_of(Split::all(cells, Measure::Tenderers))]
}

/// 5: lots with a bid of women ÷ lots, and the median of bids for a lot.
pub(super) fn reach(cells: &Cells) -> Vec<Figure> {
    let reached = Split::all(cells, Measure::LotsReached);
    let (middle, lots) = median(cells, Measure::BidsPerLot, |_| true);
    let reach = Figure::new("REACH", Unit::Share);
    vec![
        reach.ratio(Some(Ratio::whole(reached.women)), Some(Ratio::whole(lots))).counts(reached),
        Figure::new("BIDS", Unit::Count).value(middle, lots),
    ]
}

/// 6: of women's bids that were not excluded those that won, by the same of others.
pub(super) fn success_parity(cells: &Cells) -> Vec<Figure> {
    let (won, valid) = (Split::all(cells, Measure::WonBids), Split::all(cells, Measure::ValidBids));
    let product = |one: i128, other: i128| one.checked_mul(other).map(Ratio::whole);
    let parity = Figure::new("", Unit::Parity);
    let (women, others) = (product(won.women, valid.non_women), product(won.non_women, valid.women));
    vec![parity.ratio(women, others).rates(won, valid)]
}

/// 7: of women's bids those that were excluded, less the same of others; and so for each reason.
pub(super) fn disqualification_gap(cells: &Cells) -> Vec<Figure> {
    let bids = Split::all(cells, Measure::Bids);
    let gap = |part: &str, excluded: Split| {
        let rates = Figure::new(part, Unit::Gap).rates(excluded, bids);
        let cross = |one: i128, other: i128| one.checked_mul(other);
        let women = cross(excluded.women, bids.non_women);
        let difference = women.zip(cross(excluded.non_women, bids.women)).and_then(|(one, two)| one.checked_sub(two));
        rates.ratio(difference.map(Ratio::whole), cross(bids.women, bids.non_women).map(Ratio::whole))
    };
    let reasons = cells.keys(Measure::Disqualified);
    let by_reason = reasons.iter().map(|reason| gap(reason, Split::under(cells, Measure::Disqualified, reason)));
    std::iter::once(gap("", Split::all(cells, Measure::Disqualified))).chain(by_reason).collect()
}

/// 8: women who were invited ÷ those who were.
pub(super) fn invitation_share(cells: &Cells) -> Vec<Figure> {
    vec![women_of(Split::all(cells, Measure::Invited))]
}

/// 10: open requests with one bid ÷ open requests.
pub(super) fn single_bid(cells: &Cells) -> Vec<Figure> {
    let (single, open) = (Split::all(cells, Measure::SingleBid), Split::all(cells, Measure::OpenRequests));
    let share = Figure::new("", Unit::Share);
    vec![share.ratio(Some(Ratio::whole(single.total())), Some(Ratio::whole(open.total()))).counts(single)]
}

/// 11: lots with a gender measure ÷ lots; by what it does; and by what they were thought to cost.
pub(super) fn measure_use(cells: &Cells) -> Vec<Figure> {
    let total = |measure| cells.sum(measure, |_| true);
    let share = |part: &str, number: i128| {
        let share = Figure::new(part, Unit::Share);
        share.ratio(Some(Ratio::whole(number)), Some(Ratio::whole(total(Measure::Lots))))
    };
    let strategies = cells.keys(Measure::StrategyLots);
    let strategies =
        strategies.iter().map(|kind| share(kind, cells.sum(Measure::StrategyLots, |cell| cell.key == *kind)));
    let values = each_currency(cells, Measure::EstimatedValue, |currency| {
        let of = |measure| money(cells.sum(measure, |cell| cell.key == currency), currency);
        let value = Figure::new(format!("VALUE {currency}"), Unit::Share);
        vec![value.ratio(of(Measure::GoalEstimatedValue), of(Measure::EstimatedValue))]
    });
    std::iter::once(share("", total(Measure::GoalLots))).chain(strategies).chain(values).collect()
}

fn women_of(split: Split) -> Figure {
    let share = Figure::new("", Unit::Share);
    share.ratio(Some(Ratio::whole(split.women)), Some(Ratio::whole(split.total()))).counts(split)
}
