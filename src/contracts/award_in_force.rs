//! An award takes force: it becomes a contract, which its parties sign.

use async_trait::async_trait;
use serde_json::json;

use super::{
    Contract, ContractId, ContractLineId, Line, Supplier,
    journal::{self, Step},
    model::{
        states::ContractStatus,
        terms::Terms,
        wording::{Version, Wording},
    },
    store, tell,
};
use crate::{
    accounts::Actor,
    kernel::{Fault, Outcome, Services, db::WriteTx, quantity::Quantity, rounding::half_even},
    notifications::{NoticeKind, Notifications},
    procurement::{Awarded, MakesContracts, ReleaseTag},
};

/// Makes contracts of awards, for the room of requests.
#[derive(Debug, Clone)]
pub struct AwardedContracts {
    notifications: Notifications,
}

impl AwardedContracts {
    /// Tells the parties that there is something to sign.
    #[must_use]
    pub const fn new(notifications: Notifications) -> Self {
        Self { notifications }
    }
}

#[async_trait]
impl MakesContracts for AwardedContracts {
    async fn award_in_force(&self, services: &Services, tx: &WriteTx, actor: &Actor, awarded: &Awarded) -> Outcome<()> {
        let now = services.now();
        let id = ContractId::from_uuid(services.ids.next_uuid());
        let (request, lot, offer) = (&awarded.request, &awarded.lot, &awarded.offer);
        let lead = awarded.partners.iter().find(|partner| partner.is_lead).or_else(|| awarded.partners.first());
        let lead = lead.ok_or_else(|| Fault::corrupt("award", "nobody has bid"))?.organization;
        let whole = i128::from(lot.quantity.thousandths.max(1));
        let part = |grams: i64| half_even(i128::from(grams) * i128::from(offer.quantity), whole);
        let line = Line {
            id: ContractLineId::from_uuid(services.ids.next_uuid()),
            contract: id,
            position: 0,
            request_lot: Some(lot.id),
            title: lot.title.clone(),
            product: lot.product.clone(),
            quantity: Quantity { thousandths: offer.quantity, unit: lot.quantity.unit.clone() },
            grams: lot.grams.and_then(|grams| i64::try_from(part(grams)).ok()).filter(|grams| *grams > 0),
            unit_price_minor: offer.unit_price_minor,
            amount_minor: offer.amount_minor,
            place: lot.place.clone(),
            deliver_from: lot.delivery_from,
            deliver_until: lot.delivery_until,
            accepted: 0,
            billed: 0,
        };
        let contract = Contract {
            id,
            process: request.id.uuid(),
            ocid: String::new(),
            award: Some(awarded.award.id),
            listing: None,
            reservation: None,
            buyer: request.buyer,
            supplier: lead,
            title: lot.title.clone(),
            status: ContractStatus::Pending,
            currency: awarded.award.currency,
            amount_minor: offer.amount_minor,
            signed_amount_minor: offer.amount_minor,
            terms: Terms::from(request.terms),
            version_in_force: 0,
            version: 1,
            signed_at: None,
            ended_at: None,
            ended_reason: None,
            created_at: now,
        };
        let supplier = |partner: &crate::procurement::BidPartner| Supplier {
            contract: id,
            organization: partner.organization,
            share: partner.share,
        };
        let suppliers: Vec<Supplier> = awarded.partners.iter().map(supplier).collect();
        store::contracts::insert(tx, &contract, &suppliers).await?;
        store::lines::insert(tx, std::slice::from_ref(&line)).await?;
        let wording = Wording::of(&contract, std::slice::from_ref(&line), contract.terms)
            .ok_or_else(|| Fault::corrupt("award", "its amount does not fit"))?;
        let version = Version {
            contract: id,
            version: 1,
            wording: wording.clone(),
            rationale: None,
            proposed_for: None,
            proposed_at: now,
        };
        store::versions::insert(tx, &version, actor.user_id()).await?;
        let mut parties: Vec<_> = suppliers.iter().map(|supplier| supplier.organization).collect();
        parties.push(contract.buyer);
        tell::tell(&self.notifications, tx, &parties, (NoticeKind::ContractToSign, &contract), &[]).await?;
        let step = Step {
            action: "contract.award",
            subject: (ContractId::PREFIX, id.uuid()),
            on_behalf_of: Some(contract.buyer),
            before: None,
            after: json!({
                "status": contract.status,
                "buyer": contract.buyer,
                "supplier": contract.supplier,
                "suppliers": suppliers.iter().map(|one| (one.organization.to_string(), one.share)).collect::<Vec<_>>(),
                "award": awarded.award.id,
                "wording": wording,
            }),
            tag: Some(ReleaseTag::ContractUpdate),
        };
        journal::record(tx, actor, now, &contract, step).await?;
        Ok(())
    }
}
