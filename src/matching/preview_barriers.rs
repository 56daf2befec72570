//! What a request that is not published yet would keep out.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{
    Matching,
    model::{
        check::{Checked, Need, Seller, check},
        preview::{Preview, preview},
    },
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    catalog::model::unit::grams,
    directory::model::ownership::{Definition, EvidenceLevel, OwnershipStatus},
    kernel::{ErrorCode, Outcome, Rejections, UserError, error::excerpt, quantity::Quantity},
    procurement::QualityBound,
};

/// Lots of one preview at most, as of a request.
const LOTS_MAX: usize = 100;

/// A request as it might be published.
#[derive(Debug, Clone)]
pub struct PreviewBarriers {
    /// Who would buy.
    pub buyer: OrganizationId,
    /// Its lots.
    pub lots: Vec<PreviewLot>,
    /// Whom it is asked for: those who satisfy a definition,
    pub definition: Definition,
    /// with evidence at least so good.
    pub at_least: EvidenceLevel,
}

/// A lot as it might be published.
#[derive(Debug, Clone)]
pub struct PreviewLot {
    /// The code or name of the product.
    pub product: String,
    /// How much.
    pub quantity: Quantity,
    /// The code of the place that it is to be delivered to.
    pub place: Option<String>,
    /// The first and the last day of delivery.
    pub days: (Option<NaiveDate>, Option<NaiveDate>),
    /// Codes of the schemes that certificates are asked of.
    pub schemes: Vec<String>,
    /// What has to be measured.
    pub quality: Vec<QualityBound>,
}

/// What a lot would keep out.
#[derive(Debug, Clone)]
pub struct LotBarriers {
    /// Its place among the lots, from 0.
    pub position: usize,
    /// The product's code.
    pub product: String,
    /// What stands before it.
    pub preview: Preview,
}

/// What a request would keep out.
#[derive(Debug, Clone)]
pub struct Barriers {
    /// How many there are of those who were asked for, over all lots.
    pub suppliers: i64,
    /// How many of them could answer one lot at least.
    pub qualifying: i64,
    /// Lot by lot.
    pub lots: Vec<LotBarriers>,
    /// Whether every listing was looked at.
    pub complete: bool,
}

impl Matching {
    /// How many of those who sell what a request would ask for, and who satisfy a definition of women's ownership, could
    /// answer it; what keeps the others out; and what splitting lots would change.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] for whoever does not keep the buyer's requests, and everything that is wrong with the lots.
    pub async fn preview_barriers(&self, actor: &Actor, asked: &PreviewBarriers) -> Outcome<Barriers> {
        policy::require(actor, Action::ManageRequests, &Facts::of(asked.buyer))?;
        let needs = self.needs(asked)?;
        let definitions = BTreeSet::from([asked.definition]);
        let asking = needs.iter().map(|(product, need)| (product.as_str(), need));
        let market = self.market(asking, &definitions, None).await?;
        let today = self.services.clock.today();
        let meant = |seller: &Seller| {
            let status = seller.statuses.get(&asked.definition);
            seller.organization != asked.buyer
                && status.is_some_and(|known| {
                    known.status == OwnershipStatus::Yes && known.evidence_level >= Some(asked.at_least)
                })
        };
        let (mut suppliers, mut qualifying) = (BTreeSet::new(), BTreeSet::new());
        let mut lots = Vec::with_capacity(needs.len());
        for (position, (product, need)) in needs.into_iter().enumerate() {
            let mut sellers = self.sellers(&market, &product, &need, None);
            sellers.retain(meant);
            let preview = preview(&need, &sellers, today);
            for seller in &sellers {
                suppliers.insert(seller.organization);
                if check(&need, seller, today).iter().all(Checked::passed) {
                    qualifying.insert(seller.organization);
                }
            }
            lots.push(LotBarriers { position, product, preview });
        }
        let count = |set: &BTreeSet<OrganizationId>| i64::try_from(set.len()).unwrap_or(i64::MAX);
        Ok(Barriers { suppliers: count(&suppliers), qualifying: count(&qualifying), lots, complete: market.complete })
    }

    /// What each lot needs, with the code of its product, or everything that is wrong with them.
    fn needs(&self, asked: &PreviewBarriers) -> Outcome<Vec<(String, Need)>> {
        let mut wrong = Rejections::default();
        if asked.lots.is_empty() {
            wrong.push(UserError::new(ErrorCode::Required, ["input", "lots"]));
        }
        if asked.lots.len() > LOTS_MAX {
            wrong.push(UserError::new(ErrorCode::TooLong, ["input", "lots"]).with("maximum", LOTS_MAX));
        }
        let needs: Vec<Option<(String, Need)>> =
            asked.lots.iter().enumerate().map(|(position, lot)| self.need(lot, position, &mut wrong)).collect();
        wrong.finish()?;
        Ok(needs.into_iter().flatten().collect())
    }

    fn need(&self, lot: &PreviewLot, position: usize, wrong: &mut Rejections) -> Option<(String, Need)> {
        let at = |field: &[&str]| -> Vec<String> {
            let index = position.to_string();
            let path = ["input", "lots", index.as_str()].into_iter().chain(field.iter().copied());
            path.map(ToOwned::to_owned).collect()
        };
        let (taxonomy, gazetteer) = (self.catalog.taxonomy(), self.directory.gazetteer());
        let today = self.services.clock.today();
        let product = taxonomy.locate(&lot.product);
        if product.is_none() {
            let error = UserError::new(ErrorCode::UnknownProduct, at(&["productCode"]));
            wrong.push(error.with("value", excerpt(&lot.product)).with("suggestions", ""));
        }
        let unit = taxonomy.locate_unit(lot.quantity.unit.as_str());
        if unit.is_none() {
            let error = UserError::new(ErrorCode::UnknownUnit, at(&["quantity", "unit"]));
            wrong.push(error.with("value", excerpt(lot.quantity.unit.as_str())).with("allowed", "KGM, TNE"));
        }
        if lot.quantity.thousandths <= 0 {
            let error = UserError::new(ErrorCode::OutOfRange, at(&["quantity", "value"]));
            wrong.push(error.with("minimum", "0.001").with("maximum", "9000000000"));
        }
        let place = lot.place.as_deref().map(|typed| gazetteer.locate(typed, today));
        if place == Some(None) {
            let error = UserError::new(ErrorCode::UnknownPlace, at(&["placeCode"]));
            let value = excerpt(lot.place.as_deref().unwrap_or_default());
            wrong.push(error.with("value", value).with("suggestions", ""));
        }
        if lot.days.0.zip(lot.days.1).is_some_and(|(from, until)| until < from) {
            wrong.push(UserError::new(ErrorCode::InvalidPeriod, at(&["deliveryUntil"])));
        }
        for (index, scheme) in lot.schemes.iter().enumerate() {
            if self.certification.schemes().scheme(scheme).is_none() {
                let error = UserError::new(ErrorCode::UnknownScheme, at(&["requiredSchemes", &index.to_string()]));
                wrong.push(error.with("value", excerpt(scheme)));
            }
        }
        let (product, unit) = (product?, unit?);
        let around = place.flatten().map(|place| gazetteer.ancestors(&place.code, today)).unwrap_or_default();
        let here = place.flatten().map(|place| place.code.as_str());
        let places: Vec<&str> = here.into_iter().chain(around.iter().map(|place| place.code.as_str())).collect();
        let conversion = taxonomy.conversion(&unit.code, &product.code, &places, today);
        let need = Need {
            grams: conversion.and_then(|conversion| grams(lot.quantity.thousandths, conversion.grams)),
            days: lot.days,
            certified_on: lot.days.1.unwrap_or(today),
            schemes: lot.schemes.clone(),
            quality: lot.quality.clone(),
            reserved: Vec::new(),
            invited: None,
        };
        Some((product.code.clone(), need))
    }
}
