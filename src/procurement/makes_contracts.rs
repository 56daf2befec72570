//! What becomes of an award that takes force.
//!
//! Contracts are the room above this one; so it says what it has to say through [`MakesContracts`], within this room's own
//! transaction.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Award, BidLot, BidPartner, Request, RequestLot};
use crate::{
    accounts::Actor,
    kernel::{Outcome, Services, db::WriteTx},
};

/// An award that takes force, with all that a contract needs of it.
#[derive(Debug)]
pub struct Awarded {
    /// The request.
    pub request: Request,
    /// The lot that is awarded.
    pub lot: RequestLot,
    /// The award.
    pub award: Award,
    /// What the bid offers for the lot.
    pub offer: BidLot,
    /// Who bid, with their shares; one leads.
    pub partners: Vec<BidPartner>,
}

/// Makes a contract of an award that takes force.
#[async_trait]
pub trait MakesContracts: Debug + Send + Sync {
    /// An award takes force, in this transaction, after everything else of it was written.
    async fn award_in_force(&self, services: &Services, tx: &WriteTx, actor: &Actor, awarded: &Awarded) -> Outcome<()>;
}

/// Nobody makes contracts: for what only reads requests.
#[derive(Debug, Clone, Copy)]
pub struct NoContracts;

#[async_trait]
impl MakesContracts for NoContracts {
    async fn award_in_force(&self, _: &Services, _: &WriteTx, _: &Actor, _: &Awarded) -> Outcome<()> {
        Ok(())
    }
}
