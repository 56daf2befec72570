//! Processes as they stand, with all that is public of them: many in as many statements as one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{about, bids, contracts, of, organizations, releases, requests, take};
use crate::{
    accounts::OrganizationId,
    kernel::{Fault, db::Reader},
    ocds::model::snapshot::Snapshot,
};

/// The processes among `ids` of which something is to be published, in the order of `ids`.
pub(in crate::ocds) async fn load(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Snapshot>, Fault> {
    let select = about(
        "SELECT p.id, p.id, p.kind, p.buyer_id, p.ocid, \
         (SELECT e.at FROM procurement_event e WHERE e.process_id = p.id ORDER BY e.sequence DESC LIMIT 1) \
         FROM procurement_process p WHERE p.events > 0 AND p.id IN ",
        ids,
        "",
    );
    let mut processes = of(db, select, process).await?;
    let mut published = releases::publications(db, ids).await?;
    let mut asked = requests::load(db, ids).await?;
    let mut opened = bids::opened(db, ids).await?;
    let mut awarded = bids::awards(db, ids).await?;
    let mut complaints = bids::complaints(db, ids).await?;
    let mut agreed = contracts::load(db, ids).await?;
    let mut statuses = bids::statuses(db, ids).await?;
    let mut snapshots = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(mut snapshot) = processes.remove(id).and_then(|mut one| one.pop()) else { continue };
        snapshot.publications = take(&mut published, *id);
        snapshot.request = asked.remove(id);
        snapshot.bids = take(&mut opened, *id);
        snapshot.awards = take(&mut awarded, *id);
        snapshot.complaints = take(&mut complaints, *id);
        snapshot.contracts = take(&mut agreed, *id);
        let bids = snapshot.bids.iter().map(|bid| bid.id.uuid());
        let awards = snapshot.awards.iter().map(|award| award.id.uuid());
        let orders = snapshot.contracts.iter().map(|contract| contract.id.uuid());
        let subjects = bids.chain(awards).chain(orders);
        snapshot.statuses = subjects.filter_map(|subject| statuses.remove_entry(&subject)).collect();
        snapshots.push(snapshot);
    }
    let named: BTreeSet<OrganizationId> = snapshots.iter().flat_map(named_in).collect();
    let organizations = organizations::load(db, &named).await?;
    for snapshot in &mut snapshots {
        let named = named_in(snapshot);
        let known = named.into_iter().filter_map(|id| organizations.get(&id).map(|known| (id, known.clone())));
        snapshot.organizations = known.collect();
    }
    Ok(snapshots)
}

fn process(next: &mut Reader<'_>) -> Result<Snapshot, Fault> {
    Ok(Snapshot {
        process: next.get()?,
        kind: next.word("kind of a process")?,
        buyer: OrganizationId::from_uuid(next.get()?),
        ocid: next.get()?,
        last_event: next.get()?,
        publications: Vec::new(),
        request: None,
        bids: Vec::new(),
        awards: Vec::new(),
        complaints: Vec::new(),
        contracts: Vec::new(),
        statuses: HashMap::new(),
        organizations: BTreeMap::new(),
    })
}

/// Everybody who is named in a process.
fn named_in(snapshot: &Snapshot) -> BTreeSet<OrganizationId> {
    let request = snapshot.request.iter();
    let invited = request.clone().flat_map(|request| request.invitations.iter().map(|(invited, _)| *invited));
    let asking = request.flat_map(|request| request.questions.iter().map(|question| question.organization));
    let bidders = snapshot.bids.iter().flat_map(|bid| &bid.partners).map(|partner| partner.organization);
    let appealing = snapshot.complaints.iter().map(|complaint| complaint.organization);
    let agreed = snapshot.contracts.iter().flat_map(|contract| {
        let paid = contract.payments.iter().map(|payment| payment.payee);
        contract.suppliers.iter().map(|(supplier, _)| *supplier).chain([contract.supplier]).chain(paid)
    });
    let all = invited.chain(asking).chain(bidders).chain(appealing).chain(agreed);
    all.chain([snapshot.buyer]).collect()
}
