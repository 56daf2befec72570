//! What goes to whom: indicators over awards in force and signed orders.

use std::collections::BTreeSet;

use crate::insight::model::report::{
    cell::{Cells, Measure},
    class::{Class, WHOLE},
    figure::{Figure, Split, Unit, money},
    ratio::Ratio,
};

/// 1: awards to women ÷ awards.
pub(super) fn share_by_number(cells: &Cells) -> Vec<Figure> {
    let awards = Split::all(cells, Measure::Awards);
    let share = Figure::new("", Unit::Share);
    vec![share.ratio(Some(Ratio::whole(awards.women)), Some(Ratio::whole(awards.total()))).counts(awards)]
}

/// 2: value to women ÷ value, currency by currency; joint bids by their shares.
pub(super) fn share_by_value(cells: &Cells) -> Vec<Figure> {
    each_currency(cells, Measure::AwardValue, |currency| {
        let value = Split::under(cells, Measure::AwardValue, currency);
        let share = Figure::new(currency, Unit::Share);
        vec![share.ratio(money(value.women, currency), money(value.total(), currency)).amounts(value, currency)]
    })
}

/// 3: the share of value to women less the target, over awards that have one; then the target itself, weighted by value.
pub(super) fn target_gap(cells: &Cells) -> Vec<Figure> {
    each_currency(cells, Measure::TargetedValue, |currency| {
        let value = Split::under(cells, Measure::TargetedValue, currency);
        let whole = money(value.total(), currency);
        let targeted = cells
            .of(Measure::TargetedValue)
            .filter(|(cell, _)| cell.key == currency)
            .try_fold(0_i128, |sum, (cell, number)| sum.checked_add(number.checked_mul(i128::from(cell.bucket))?))
            .and_then(|sum| Ratio::of(sum, i128::from(WHOLE)))
            .zip(money(1, currency))
            .and_then(|(sum, unit)| sum.times(unit));
        let given = money(value.women, currency);
        let missed = given.zip(targeted).and_then(|(given, targeted)| given.less(targeted));
        let rate = |class| Ratio::of(value.get(class), value.total());
        vec![
            Figure::new(currency, Unit::Gap).ratio(missed, whole).classes(rate),
            Figure::new(format!("TARGET {currency}"), Unit::Share).ratio(targeted, whole),
        ]
    })
}

/// 9: awards by the open method ÷ awards, by number and by value.
pub(super) fn competitive(cells: &Cells) -> Vec<Figure> {
    let (open, all) = (Split::all(cells, Measure::OpenAwards), Split::all(cells, Measure::Awards));
    let number = Figure::new("NUMBER", Unit::Share);
    let number = number.ratio(Some(Ratio::whole(open.total())), Some(Ratio::whole(all.total()))).rates(open, all);
    let values = each_currency(cells, Measure::AwardValue, |currency| {
        let open = Split::under(cells, Measure::OpenValue, currency);
        let all = Split::under(cells, Measure::AwardValue, currency);
        let value = Figure::new(format!("VALUE {currency}"), Unit::Share);
        vec![value.ratio(money(open.total(), currency), money(all.total(), currency)).rates(open, all)]
    });
    std::iter::once(number).chain(values).collect()
}

/// 12: the share of value to women where there was a gender measure less that where there was none, over products that were bought
/// both ways. It describes; it does not say why.
pub(super) fn measure_effect(cells: &Cells) -> Vec<Figure> {
    each_currency(cells, Measure::GoalValue, |currency| {
        let products = |goal: i64| -> BTreeSet<&str> {
            let cells = cells.of(Measure::GoalValue).map(|(cell, _)| cell);
            cells.filter(|cell| cell.key == currency && cell.bucket == goal).map(|cell| cell.text.as_str()).collect()
        };
        let both: BTreeSet<&str> = products(1).intersection(&products(0)).copied().collect();
        let of = |goal: i64| {
            Split::of(cells, Measure::GoalValue, |cell| {
                cell.key == currency && cell.bucket == goal && both.contains(cell.text.as_str())
            })
        };
        let (with, without) = (of(1), of(0));
        let gap = |class: Class| {
            let with = Ratio::of(with.get(class), with.total())?;
            with.less(Ratio::of(without.get(class), without.total())?)
        };
        let share = |name: &str, value: Split| {
            let share = Figure::new(format!("{name} {currency}"), Unit::Share);
            share.ratio(money(value.women, currency), money(value.total(), currency)).amounts(value, currency)
        };
        let mut effect = Figure::new(currency, Unit::Gap).classes(gap);
        effect.value = effect.women;
        vec![effect, share("WITH", with), share("WITHOUT", without)]
    })
}

/// 19: the Herfindahl–Hirschman index of the value that women suppliers got, and first-time winners ÷ winners.
pub(super) fn concentration(cells: &Cells) -> Vec<Figure> {
    let indices = each_currency(cells, Measure::AwardValue, |currency| {
        let values =
            || cells.of(Measure::SupplierValue).filter(|(cell, _)| cell.key == currency).map(|(_, number)| number);
        let total: i128 = values().sum();
        // One denominator for all of them, so that nothing is rounded on the way.
        let squares = values().try_fold(0_i128, |sum, value| sum.checked_add(value.checked_mul(value)?));
        let index = squares.zip(total.checked_mul(total)).and_then(|(squares, whole)| Ratio::of(squares, whole));
        let index = index.and_then(|index| index.times(Ratio::whole(10_000)));
        let suppliers = i128::try_from(values().count()).unwrap_or(i128::MAX);
        vec![Figure::new(currency, Unit::Index).value(index, suppliers)]
    });
    let (new, all) = (Split::all(cells, Measure::NewWinners), Split::all(cells, Measure::Winners));
    let entry = Figure::new("ENTRY", Unit::Share);
    let entry = entry.ratio(Some(Ratio::whole(new.women)), Some(Ratio::whole(all.women))).rates(new, all);
    indices.into_iter().chain([entry]).collect()
}

/// 20: value to women whose evidence was verified and held on the day of the award ÷ value to women.
pub(super) fn evidence_coverage(cells: &Cells) -> Vec<Figure> {
    each_currency(cells, Measure::AwardValue, |currency| {
        let verified = Split::under(cells, Measure::VerifiedValue, currency).women;
        let value = Split::under(cells, Measure::AwardValue, currency);
        let share = Figure::new(currency, Unit::Share);
        vec![share.ratio(money(verified, currency), money(value.women, currency)).amounts(value, currency)]
    })
}

/// 21: awards of whose suppliers it is not known ÷ awards.
pub(super) fn unknown_rate(cells: &Cells) -> Vec<Figure> {
    let awards = Split::all(cells, Measure::Awards);
    let rate = Figure::new("", Unit::Share);
    vec![rate.ratio(Some(Ratio::whole(awards.unknown)), Some(Ratio::whole(awards.total()))).counts(awards)]
}

/// The figures of each currency that a measure has.
pub(super) fn each_currency(cells: &Cells, measure: Measure, figures: impl Fn(&str) -> Vec<Figure>) -> Vec<Figure> {
    cells.keys(measure).iter().flat_map(|currency| figures(currency)).collect()
}
