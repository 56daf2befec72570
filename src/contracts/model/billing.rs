//! What lateness takes off, when payment is due, what is in arrears, and when nothing is left to do. All of it follows from days,
//! quantities and terms; nobody types it.

use chrono::{Days, NaiveDate};

use super::{
    contract::Line,
    delivery::Delivery,
    invoice::{Invoice, Payment},
    states::{InvoiceStatus, PaymentStatus},
    terms::Terms,
};
use crate::kernel::{clock::Timestamp, rounding::half_even};

/// Some of a line that was accepted, and how many days it came too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Thousandths of the line's unit.
    pub quantity: i64,
    /// Days between the last one that was in time and its arrival.
    pub days_late: i64,
    /// When it was accepted.
    pub at: Timestamp,
}

/// How many days after the last day something came; 0 where it was in time.
#[must_use]
pub fn days_late(last: NaiveDate, came: NaiveDate) -> i64 {
    (came - last).num_days().max(0)
}

/// What was accepted of a line, the first accepted first. It was late if it arrived after the last day that the contract gives,
/// and where it gives none, after the day that the delivery was planned for.
#[must_use]
pub fn accepted_of(line: &Line, deliveries: &[Delivery]) -> Vec<Accepted> {
    let mut accepted: Vec<(&Delivery, Accepted)> = deliveries
        .iter()
        .filter(|delivery| delivery.line == line.id)
        .filter_map(|delivery| {
            let (quantity, at, came) = (delivery.accepted?, delivery.accepted_at?, delivery.received_at?);
            let last = line.deliver_until.unwrap_or(delivery.due_on);
            let part = Accepted { quantity, days_late: days_late(last, came.date_naive()), at };
            (quantity > 0).then_some((delivery, part))
        })
        .collect();
    accepted.sort_by_key(|(delivery, part)| (part.at, delivery.id));
    accepted.into_iter().map(|(_, part)| part).collect()
}

/// What lateness takes off the price of the first `quantity` of what was accepted, rounded half to even, once: a day of it so many
/// thousandths of the price of what was late, and never more than the contract's most.
///
/// Taken over all that is billed so far and less what earlier invoices took off, it is the same whatever invoices the line is
/// billed by.
///
/// ```text
/// 100 kg at 1 250 F, 3 days late, 1 ‰ a day → 375 F
/// ```
#[must_use]
pub fn penalty(terms: &Terms, unit_price_minor: i64, accepted: &[Accepted], quantity: i64) -> i64 {
    let mut left = quantity;
    let mut weighed: i128 = 0;
    for part in accepted {
        let taken = part.quantity.min(left).max(0);
        let rate = part.days_late.saturating_mul(terms.penalty_permille_a_day).min(terms.penalty_permille_max);
        weighed += i128::from(taken) * i128::from(rate);
        left -= taken;
    }
    // Thousandths of a unit, and thousandths of the price.
    let minor = half_even(weighed * i128::from(unit_price_minor), 1_000_000);
    i64::try_from(minor).unwrap_or(i64::MAX)
}

/// When the last of the first `quantity` of what was accepted was accepted.
#[must_use]
pub fn last_accepted(accepted: &[Accepted], quantity: i64) -> Option<Timestamp> {
    let mut left = quantity;
    let mut last = None;
    for part in accepted {
        if left <= 0 {
            break;
        }
        left -= part.quantity;
        last = last.max(Some(part.at));
    }
    last
}

/// The last day on which payment is in time: so many days after the later of the invoice and the acceptance of what it bills.
#[must_use]
pub fn due_on(terms: &Terms, submitted: Timestamp, accepted: Timestamp) -> NaiveDate {
    let from = submitted.max(accepted).date_naive();
    let days = Days::new(u64::try_from(terms.payment_days).unwrap_or(0));
    from.checked_add_days(days).unwrap_or(NaiveDate::MAX)
}

/// What is in arrears on a day: what of invoices, that were not refused and were due before, was not paid by then.
#[must_use]
pub fn arrears(invoices: &[Invoice], payments: &[Payment], day: NaiveDate) -> i64 {
    let unpaid = |invoice: &Invoice| match invoice.status {
        InvoiceStatus::Rejected => 0,
        InvoiceStatus::Submitted | InvoiceStatus::Approved | InvoiceStatus::Paid if invoice.due_on >= day => 0,
        InvoiceStatus::Submitted | InvoiceStatus::Approved | InvoiceStatus::Paid => {
            let of_it = payments.iter().filter(|payment| payment.invoice == invoice.id && payment.counts());
            let paid: i64 = of_it.filter(|payment| payment.paid_on <= day).map(|payment| payment.minor).sum();
            (invoice.net_minor - invoice.discount_minor - paid).max(0)
        }
    };
    invoices.iter().map(unpaid).sum()
}

/// Whether nothing is left to do: all that was ordered was accepted, all that was accepted is billed, all that is billed was paid,
/// and whoever was paid says so.
#[must_use]
pub fn is_complete(lines: &[Line], deliveries: &[Delivery], invoices: &[Invoice], payments: &[Payment]) -> bool {
    let settled = |invoice: &Invoice| match invoice.status {
        InvoiceStatus::Paid | InvoiceStatus::Rejected => true,
        InvoiceStatus::Submitted | InvoiceStatus::Approved => false,
    };
    let answered = |payment: &Payment| match payment.status {
        // What did not arrive was paid again, or its invoice would not be paid.
        PaymentStatus::Confirmed | PaymentStatus::Disputed => true,
        PaymentStatus::Recorded => false,
    };
    lines.iter().all(|line| line.accepted >= line.quantity.thousandths && line.billed == line.accepted)
        && !deliveries.iter().any(|delivery| delivery.status.is_open())
        && invoices.iter().all(settled)
        && payments.iter().all(answered)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms(a_day: i64, most: i64) -> Terms {
        Terms {
            penalty_permille_a_day: a_day,
            penalty_permille_max: most,
            payment_days: 30,
            over_delivery_limit: 0,
            early_payment_permille: 0,
            early_payment_days: 0,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn part(quantity: i64, days_late: i64) -> Accepted {
        Accepted { quantity, days_late, at: at("2026-11-10T08:00:00Z") }
    }

    #[test]
    fn a_day_of_lateness_takes_a_thousandth_off_and_never_more_than_the_most() {
        let late = [part(100_000, 3)];
        assert_eq!(penalty(&terms(1, 100), 1_250, &late, 100_000), 375);
        assert_eq!(penalty(&terms(1, 2), 1_250, &late, 100_000), 250, "the most is two thousandths");
        assert_eq!(penalty(&terms(0, 100), 1_250, &late, 100_000), 0);
        assert_eq!(penalty(&terms(1, 100), 1_250, &[part(100_000, 0)], 100_000), 0);
        assert_eq!(penalty(&terms(100, 1_000), 1_250, &[part(1_000, i64::MAX)], 1_000), 1_250, "all of it");
    }

    #[test]
    fn only_what_came_late_is_less_worth() {
        let mixed = [part(60_000, 0), part(40_000, 10)];
        assert_eq!(penalty(&terms(1, 100), 1_000, &mixed, 60_000), 0);
        assert_eq!(penalty(&terms(1, 100), 1_000, &mixed, 100_000), 400);
    }

    #[test]
    fn payment_is_due_from_the_later_of_invoice_and_acceptance() {
        let (early, late) = (at("2026-11-02T08:00:00Z"), at("2026-11-05T23:59:59Z"));
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(due_on(&terms(1, 100), early, late), day("2026-12-05"));
        assert_eq!(due_on(&terms(1, 100), late, early), day("2026-12-05"));
    }

    #[test]
    fn lateness_counts_whole_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(days_late(day("2026-11-10"), day("2026-11-10")), 0);
        assert_eq!(days_late(day("2026-11-10"), day("2026-11-09")), 0);
        assert_eq!(days_late(day("2026-11-10"), day("2026-12-10")), 30);
    }

    #[test]
    fn the_last_acceptance_is_that_of_what_is_billed() {
        let (first, second) = (at("2026-11-02T08:00:00Z"), at("2026-11-05T08:00:00Z"));
        let parts =
            [Accepted { quantity: 10, days_late: 0, at: first }, Accepted { quantity: 10, days_late: 0, at: second }];
        assert_eq!(last_accepted(&parts, 10), Some(first));
        assert_eq!(last_accepted(&parts, 11), Some(second));
        assert_eq!(last_accepted(&[], 1), None);
    }

    proptest! {
        #[test]
        fn however_a_line_is_billed_lateness_takes_off_the_same(
            parts in prop::collection::vec((1_i64..1_000_000, 0_i64..40), 1..6),
            cuts in prop::collection::vec(0_i64..1_000_000, 0..5),
            price in 1_i64..100_000,
        ) {
            let accepted: Vec<Accepted> = parts.iter().map(|(quantity, days)| part(*quantity, *days)).collect();
            let all: i64 = accepted.iter().map(|part| part.quantity).sum();
            let mut ends: Vec<i64> = cuts.into_iter().filter(|cut| *cut < all).chain([all]).collect();
            ends.sort_unstable();
            let terms = terms(1, 25);
            let mut taken = 0;
            for end in ends {
                let step = penalty(&terms, price, &accepted, end) - taken;
                prop_assert!(step >= 0, "it never gives back");
                taken += step;
            }
            prop_assert_eq!(taken, penalty(&terms, price, &accepted, all));
            let gross = half_even(i128::from(all) * i128::from(price), 1_000);
            prop_assert!(i128::from(taken) <= gross * 25 / 1_000 + 1);
        }
    }
}
