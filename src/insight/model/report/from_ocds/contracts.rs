//! What was agreed on, delivered, billed and paid, as an export tells it.

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use super::{
    FromOcds, Lot, Process, joint,
    values::{Wrong, amount, day_of, each, id, instant, party, scaled, text, text_of},
};
use crate::insight::model::report::{
    class::Class,
    facts::{DueInvoice, DueLine, Paid, SignedContract},
};

/// A line of a contract, as what facts are sliced by.
pub(super) fn line(item: &Value) -> Result<Lot, Wrong> {
    Ok(Lot {
        id: id(&item["id"])?,
        cancelled: false,
        product: text_of(&item["classification"]["id"]),
        region: text_of(&item["bfw"]["regionCode"]),
        grams: scaled(&item["bfw"]["kilograms"], 3)?,
    })
}

/// The first line of the contract that an award of an order is.
pub(super) fn first_line(process: &Process<'_>, contract: &Value) -> Result<Option<Lot>, Wrong> {
    let ordered = each(&process.release["contracts"]).find(|one| one["id"] == *contract);
    ordered.and_then(|contract| each(&contract["items"]).next()).map(line).transpose()
}

/// A payment that nobody disputes.
struct Payment {
    id: Uuid,
    payee: Value,
    invoice: Uuid,
    minor: i64,
    on: NaiveDate,
}

fn payments(contract: &Value) -> Result<Vec<Payment>, Wrong> {
    let mut payments = Vec::new();
    for told in each(&contract["implementation"]["transactions"]) {
        let own = &told["bfw"];
        if own["status"] != "DISPUTED" {
            payments.push(Payment {
                id: id(&told["id"])?,
                payee: told["payee"]["id"].clone(),
                invoice: id(&own["invoice"])?,
                minor: amount(&told["value"])?.ok_or_else(|| Wrong::new("a payment without an amount"))?,
                on: day_of(&own["paidOn"])?.ok_or_else(|| Wrong::new("a payment without a day"))?,
            });
        }
    }
    payments.sort_by_key(|payment| (payment.on, payment.id));
    Ok(payments)
}

impl FromOcds<'_> {
    pub(super) fn contract(&mut self, process: &Process<'_>, contract: &Value) -> Result<(), Wrong> {
        let own = &contract["bfw"];
        let signed = instant(&contract["dateSigned"])?.filter(|_| own["status"] != "CANCELLED");
        let Some(signed) = signed.map(|signed| signed.date_naive()) else { return Ok(()) };
        let award = each(&process.release["awards"]).find(|award| award["id"] == contract["awardID"]);
        let statuses = award.map_or(&Value::Null, |award| &award["bfw"]["womenStatus"]);
        let mut partners = self.partners(own)?;
        for (partner, share) in partners.iter_mut().zip(each(&own["shares"])) {
            partner.frozen = self.frozen(statuses, &share["id"])?;
        }
        let together = joint(&partners);
        let lead = partners.iter().find(|partner| partner.leads);
        let lead = *lead.ok_or_else(|| Wrong::new("a contract that nobody leads"))?;
        let first = each(&contract["items"]).next().map(line).transpose()?;
        let is_order = process.release["bfw"]["kind"] != "REQUEST";
        let awarded = award.filter(|_| !is_order).map(|award| instant(&award["date"])).transpose()?.flatten();
        let money = |value: &Value| amount(value)?.ok_or_else(|| Wrong::new("a contract without an amount"));
        let currency = text(&contract["value"]["currency"])?.to_owned();
        self.facts.contracts.push(SignedContract {
            slice: process.slice(signed, first.as_ref(), lead.frozen.level),
            contract: id(&contract["id"])?,
            organization: lead.organization,
            joint: together,
            signed_minor: money(&own["signedValue"])?,
            minor: money(&contract["value"])?,
            currency: currency.clone(),
            amended: own["versionInForce"].as_i64().unwrap_or(0) > 1,
            award_to_sign: awarded.map(|awarded| (signed - awarded.date_naive()).num_days()),
        });
        self.lines(process, contract, (together, lead))?;
        let payments = payments(contract)?;
        for invoice in each(&contract["milestones"]).filter(|milestone| milestone["type"] == "payment") {
            let told = &invoice["bfw"];
            let invoice = id(&invoice["id"])?;
            let moments = instant(&told["submittedAt"])?.max(instant(&told["acceptedAt"])?);
            let since = moments.ok_or_else(|| Wrong::new("an invoice without a time"))?.date_naive();
            for (position, payment) in payments.iter().enumerate().filter(|(_, payment)| payment.invoice == invoice) {
                let frozen = self.frozen(statuses, &payment.payee)?;
                self.facts.payments.push(Paid {
                    slice: process.slice(payment.on, first.as_ref(), frozen.level),
                    payment: payment.id,
                    organization: party(&payment.payee)?,
                    class: frozen.class,
                    days: (payment.on - since).num_days(),
                    sign_to_payment: (position == 0).then(|| (payment.on - signed).num_days()),
                });
            }
            if told["status"] == "REJECTED" {
                continue;
            }
            let due = day_of(&told["dueOn"])?.ok_or_else(|| Wrong::new("an invoice that never falls due"))?;
            let through = self.scope.through();
            let paid = payments.iter().filter(|payment| payment.invoice == invoice && payment.on <= through);
            let paid: i64 = paid.map(|payment| payment.minor).sum();
            let of = |name: &str| amount(&told[name]).map(Option::unwrap_or_default);
            let frozen = self.frozen(statuses, &told["supplier"])?;
            self.facts.invoices.push(DueInvoice {
                slice: process.slice(due, first.as_ref(), frozen.level),
                invoice,
                organization: party(&told["supplier"])?,
                class: frozen.class,
                on_time: day_of(&told["paidOn"])?.is_some_and(|paid| paid <= due),
                unpaid_minor: (of("net")? - of("discount")? - paid).max(0),
                currency: currency.clone(),
            });
        }
        Ok(())
    }

    fn lines(
        &mut self,
        process: &Process<'_>,
        contract: &Value,
        (together, lead): (Class, super::Partner),
    ) -> Result<(), Wrong> {
        for item in each(&contract["items"]) {
            let Some(due) = day_of(&item["bfw"]["deliverUntil"])? else { continue };
            let mut arrived = 0;
            for delivery in each(&contract["implementation"]["milestones"]) {
                let own = &delivery["bfw"];
                let accepted = own["status"] == "ACCEPTED" || own["status"] == "PARTIALLY_ACCEPTED";
                let in_time = instant(&own["receivedAt"])?.is_some_and(|at| at.date_naive() <= due);
                if own["item"] == item["id"] && accepted && in_time {
                    arrived += scaled(&own["accepted"], 3)?.unwrap_or(0);
                }
            }
            let line = line(item)?;
            let wanted = scaled(&item["quantity"], 3)?.ok_or_else(|| Wrong::new("a line without a quantity"))?;
            self.facts.lines.push(DueLine {
                slice: process.slice(due, Some(&line), lead.frozen.level),
                line: line.id,
                organization: lead.organization,
                joint: together,
                in_full: arrived >= wanted,
            });
        }
        Ok(())
    }
}
