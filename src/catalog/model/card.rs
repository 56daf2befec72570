//! A published listing as a page of a list usually shows it: 12 of the 30 columns that there are to read.

use std::sync::Arc;

use super::listing::{ListingId, Price};
use crate::{directory::model::organization::OrganizationCard, kernel::clock::Timestamp};

/// What most pages of listings ask for, with whoever offers it, who is in good standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingCard {
    /// The listing.
    pub id: ListingId,
    /// What is offered, by code.
    pub product: String,
    /// The title.
    pub title: String,
    /// What one of a unit costs.
    pub price: Option<Price>,
    /// Thousandths of a franc a kilogram, where that is known.
    pub price_per_kilogram: Option<i64>,
    /// When offer or state last changed.
    pub updated_at: Timestamp,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
    /// Who offers it.
    pub seller: Arc<OrganizationCard>,
}
