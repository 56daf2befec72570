//! A published listing as a page of a list usually shows it: a few of the 30 columns that there are to read.

use std::sync::Arc;

use super::listing::{ListingId, Price};
use crate::{accounts::OrganizationId, directory::model::organization::OrganizationCard, kernel::clock::Timestamp};

/// What most pages of listings ask for. What is optional is none where it was not among the [`CardParts`] to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingCard {
    /// The listing.
    pub id: ListingId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// The title.
    pub title: String,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
    /// What is offered, by code.
    pub product: Option<String>,
    /// What one of a unit costs, where that is said.
    pub price: Option<Option<Price>>,
    /// Thousandths of a franc a kilogram, where that is known.
    pub price_per_kilogram: Option<Option<i64>>,
    /// When offer or state last changed.
    pub updated_at: Option<Timestamp>,
    /// Who offers it, who is in good standing.
    pub seller: Option<Arc<OrganizationCard>>,
}

/// Which parts of cards are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CardParts {
    /// What is offered.
    pub product: bool,
    /// What it costs.
    pub price: bool,
    /// What a kilogram costs.
    pub price_per_kilogram: bool,
    /// When it last changed.
    pub updated_at: bool,
    /// Who offers it.
    pub seller: bool,
}
