//! What producers were paid, as an export for auditors tells it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use super::{
    FromOcds, Process,
    contracts::line,
    values::{Wrong, amount, each, id, instant, text},
};
use crate::insight::model::report::{
    class::Class,
    facts::ProducerPaid,
    scope::{Scope, Slice},
};

/// A payment that went into a delivery: one payment may have gone into several.
#[derive(Debug)]
pub(super) struct Behind {
    payment: String,
    slice: Slice,
    delivery: Uuid,
    producer: String,
    class: Class,
    confirmed_minor: i64,
    currency: String,
}

impl FromOcds<'_> {
    pub(super) fn producers(&mut self, process: &Process<'_>, contract: &Value) -> Result<(), Wrong> {
        for delivery in each(&contract["implementation"]["milestones"]) {
            let own = &delivery["bfw"];
            if each(&own["producers"]).next().is_none() {
                continue;
            }
            let accepted = instant(&own["acceptedAt"])?.ok_or_else(|| Wrong::new("a delivery that nobody accepted"))?;
            let item = each(&contract["items"]).find(|item| item["id"] == own["item"]).map(line).transpose()?;
            let slice = process.slice(accepted.date_naive(), item.as_ref(), None);
            let delivery = id(&delivery["id"])?;
            for paid in each(&own["producers"]) {
                let minor =
                    amount(&paid["value"])?.ok_or_else(|| Wrong::new("a producer's payment without an amount"))?;
                let class = text(&paid["class"])?.parse();
                let confirmed = paid["confirmed"].as_bool();
                let confirmed =
                    confirmed.ok_or_else(|| Wrong::new("a producer's payment that is neither confirmed nor not"))?;
                self.behind.push(Behind {
                    payment: text(&paid["id"])?.to_owned(),
                    slice: slice.clone(),
                    delivery,
                    producer: text(&paid["producer"])?.to_owned(),
                    class: class.map_err(|_| Wrong::new("a class of producers that there is not"))?,
                    confirmed_minor: if confirmed { minor } else { 0 },
                    currency: text(&paid["value"]["currency"])?.to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// The facts: a payment counts once, with the first delivery of the report that it went into.
pub(super) fn facts(mut behind: Vec<Behind>, scope: &Scope) -> Vec<ProducerPaid> {
    behind.retain(|one| scope.holds(&one.slice));
    behind.sort_by_key(|one| (one.slice.on, one.delivery));
    let mut counted = BTreeSet::new();
    let mut facts = BTreeMap::new();
    for one in behind {
        if !counted.insert(one.payment) {
            continue;
        }
        let fact = facts.entry((one.delivery, one.producer.clone(), one.class, one.currency.clone()));
        let fact = fact.or_insert_with(|| ProducerPaid {
            slice: one.slice,
            delivery: one.delivery,
            producer: one.producer,
            class: one.class,
            confirmed_minor: 0,
            currency: one.currency,
        });
        fact.confirmed_minor += one.confirmed_minor;
    }
    facts.into_values().collect()
}
