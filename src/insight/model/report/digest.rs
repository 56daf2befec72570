//! Digests of the facts behind a number: whoever has the same facts has the same digest.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{
    facts::{Fact, Facts, Family},
    scope::Scope,
};
use crate::kernel::digest::Digest;

/// Digests of facts, by group (none for all) and kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests(BTreeMap<(Option<String>, Family), Digest>);

/// Digests on the way: facts go through in their order.
#[derive(Debug, Default)]
pub struct Running(BTreeMap<(Option<String>, Family), Sha256>);

impl Running {
    /// Adds facts of a kind in the order of [`Facts::sort`]; those outside the scope leave no trace.
    ///
    /// # Errors
    /// When a fact cannot be written as JSON, which no fact can bring about.
    pub fn add<F: Fact>(&mut self, scope: &Scope, family: Family, facts: &[F]) -> Result<(), serde_json::Error> {
        for fact in facts.iter().filter(|fact| scope.holds(fact.slice())) {
            let mut line = serde_json::to_vec(fact)?;
            line.push(b'\n');
            self.0.entry((None, family)).or_default().update(&line);
            if let Some(by) = scope.group_by {
                self.0.entry((Some(fact.slice().key(by)), family)).or_default().update(&line);
            }
        }
        Ok(())
    }

    /// Adds sorted facts of all kinds.
    ///
    /// # Errors
    /// As [`Running::add`].
    pub fn take(&mut self, scope: &Scope, facts: &Facts) -> Result<(), serde_json::Error> {
        self.add(scope, Family::Awards, &facts.awards)?;
        self.add(scope, Family::Bids, &facts.bids)?;
        self.add(scope, Family::OpenedLots, &facts.opened_lots)?;
        self.add(scope, Family::PublishedLots, &facts.published_lots)?;
        self.add(scope, Family::Requests, &facts.requests)?;
        self.add(scope, Family::Invitations, &facts.invitations)?;
        self.add(scope, Family::Contracts, &facts.contracts)?;
        self.add(scope, Family::Payments, &facts.payments)?;
        self.add(scope, Family::Invoices, &facts.invoices)?;
        self.add(scope, Family::Lines, &facts.lines)?;
        self.add(scope, Family::Complaints, &facts.complaints)?;
        self.add(scope, Family::Producers, &facts.producers)?;
        self.add(scope, Family::Releases, &facts.releases)?;
        Ok(())
    }

    /// The digests.
    #[must_use]
    pub fn finish(self) -> Digests {
        Digests(self.0.into_iter().map(|(of, running)| (of, Digest::finish(running))).collect())
    }
}

/// Digests of sorted facts.
///
/// # Errors
/// As [`Running::add`].
pub fn digests(facts: &Facts, scope: &Scope) -> Result<Digests, serde_json::Error> {
    let mut running = Running::default();
    running.take(scope, facts)?;
    Ok(running.finish())
}

impl Digests {
    /// The digest behind a number: of its formula, of what the report is about, and of the facts of the kinds that it is made of.
    #[must_use]
    pub fn behind(&self, formula: &str, scope: &Scope, group: Option<&str>, families: &[Family]) -> Digest {
        let buyer = scope.buyer.map(|buyer| buyer.to_string()).unwrap_or_default();
        let by = scope.group_by.map(super::scope::GroupBy::as_str).unwrap_or_default();
        let mut text = format!(
            "{formula}\n{buyer}\n{}\n{}\n{}\n{}\n{by}\n{}\n",
            scope.from,
            scope.through(),
            scope.definition.as_str(),
            scope.at_least.as_str(),
            group.unwrap_or_default(),
        );
        for family in families {
            let digest = self.0.get(&(group.map(str::to_owned), *family));
            let digest = digest.map(Digest::to_string).unwrap_or_default();
            text.push_str(family.as_str());
            text.push(' ');
            text.push_str(&digest);
            text.push('\n');
        }
        Digest::of(text.as_bytes())
    }
}
