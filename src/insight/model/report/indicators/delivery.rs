//! What follows an award: indicators over contracts, deliveries, invoices, payments, appeals, and what is published.

use super::awards::each_currency;
use crate::insight::model::report::{
    cell::{Cells, Measure},
    class::Class,
    figure::{Figure, Split, Unit, median, medians, money},
    ratio::Ratio,
};

/// 13: the median of days from the later of the invoice and the acceptance to the payment.
pub(super) fn payment_days(cells: &Cells) -> Vec<Figure> {
    vec![medians("", Unit::Days, cells, Measure::PaymentDays)]
}

/// 14: invoices paid in time ÷ invoices that fell due, and what is unpaid of those past due.
pub(super) fn on_time(cells: &Cells) -> Vec<Figure> {
    let (on_time, due) = (Split::all(cells, Measure::OnTime), Split::all(cells, Measure::Due));
    let share = Figure::new("", Unit::Share);
    let share = share.ratio(Some(Ratio::whole(on_time.total())), Some(Ratio::whole(due.total()))).rates(on_time, due);
    let arrears = each_currency(cells, Measure::Arrears, |currency| {
        let arrears = Split::under(cells, Measure::Arrears, currency);
        let mut figure = Figure::new(format!("ARREARS {currency}"), Unit::Amount).amounts(arrears, currency);
        figure.value = money(arrears.total(), currency);
        vec![figure]
    });
    std::iter::once(share).chain(arrears).collect()
}

/// 15: medians of days of each stage.
pub(super) fn cycle_times(cells: &Cells) -> Vec<Figure> {
    let stages = [Measure::PublishToClose, Measure::CloseToAward, Measure::AwardToSign, Measure::SignToPayment];
    stages.iter().map(|stage| medians(stage.as_str(), Unit::Days, cells, *stage)).collect()
}

/// 16: what contracts come to now less what was signed ÷ what was signed, and contracts that were changed ÷ contracts.
pub(super) fn drift(cells: &Cells) -> Vec<Figure> {
    let (amended, all) = (Split::all(cells, Measure::Amended), Split::all(cells, Measure::Contracts));
    let share = Figure::new("AMENDED", Unit::Share);
    let share = share.ratio(Some(Ratio::whole(amended.total())), Some(Ratio::whole(all.total()))).rates(amended, all);
    let drifts = each_currency(cells, Measure::SignedValue, |currency| {
        let signed = Split::under(cells, Measure::SignedValue, currency);
        let now = Split::under(cells, Measure::CurrentValue, currency);
        let drift = |class: Class| Ratio::of(now.get(class) - signed.get(class), signed.get(class));
        let figure = Figure::new(currency, Unit::Gap).classes(drift);
        vec![figure.ratio(money(now.total() - signed.total(), currency), money(signed.total(), currency))]
    });
    drifts.into_iter().chain([share]).collect()
}

/// 17: lines of which all arrived in time and was accepted ÷ lines that were due.
pub(super) fn in_full(cells: &Cells) -> Vec<Figure> {
    let (full, due) = (Split::all(cells, Measure::LinesInFull), Split::all(cells, Measure::LinesDue));
    let share = Figure::new("", Unit::Share);
    vec![share.ratio(Some(Ratio::whole(full.total())), Some(Ratio::whole(due.total()))).rates(full, due)]
}

/// 18: appeals; those that were right ÷ those that were decided; and the median of days until then.
pub(super) fn complaints(cells: &Cells) -> Vec<Figure> {
    let filed = Split::all(cells, Measure::Complaints);
    let (upheld, decided) = (Split::all(cells, Measure::Upheld), Split::all(cells, Measure::Decided));
    let mut count = Figure::new("COUNT", Unit::Count).counts(filed);
    count.value = Some(Ratio::whole(filed.total()));
    let share = Figure::new("UPHELD", Unit::Share);
    let share = share.ratio(Some(Ratio::whole(upheld.total())), Some(Ratio::whole(decided.total())));
    vec![count, share.rates(upheld, decided), medians("DAYS", Unit::Days, cells, Measure::ComplaintDays)]
}

/// 22: different women producers who were paid, and what they confirmed.
pub(super) fn women_reached(cells: &Cells) -> Vec<Figure> {
    let paid = Split::all(cells, Measure::ProducersPaid);
    let mut count = Figure::new("PRODUCERS", Unit::Count).counts(paid);
    count.value = Some(Ratio::whole(paid.women));
    let confirmed = each_currency(cells, Measure::ConfirmedValue, |currency| {
        let confirmed = Split::under(cells, Measure::ConfirmedValue, currency);
        let mut figure = Figure::new(format!("CONFIRMED {currency}"), Unit::Amount).amounts(confirmed, currency);
        figure.value = money(confirmed.women, currency);
        vec![figure]
    });
    std::iter::once(count).chain(confirmed).collect()
}

/// 23: events that were published, in releases that are valid, ÷ events that are to be; and the median of minutes until then.
pub(super) fn data_quality(cells: &Cells) -> Vec<Figure> {
    let events = cells.sum(Measure::Events, |_| true);
    let (lag, published) = median(cells, Measure::PublicationLag, |_| true);
    let share = Figure::new("", Unit::Share);
    vec![
        share.ratio(Some(Ratio::whole(published)), Some(Ratio::whole(events))),
        Figure::new("LAG", Unit::Minutes).value(lag, published),
    ]
}
