//! The room in GraphQL. Types wrap the room's values; nothing here decides.

mod bid;
mod bid_loader;
mod bid_mutation;
mod bid_query;

pub use bid::{
    Bid, BidAnswer, BidConnection, BidDisqualification, BidDisqualificationReason, BidEdge, BidFinding, BidFindingKind,
    BidLot, BidPartner, BidReceipt, BidStatus, FrozenStatus,
};
pub use bid_loader::BidLoaders;
pub use bid_mutation::{
    BidAnswerInput, BidLotInput, BidPartnerInput, BidPayload, BidsMutation, DisqualifyBidInput, OpenBidsInput,
    OpenBidsPayload, ReconfirmBidInput, SubmitBidInput, ValidateBidInput, WithdrawBidInput,
};
pub use bid_query::{BidFilter, BidsQuery};

use async_graphql::{Context, Error};

use super::Procurement;

fn procurement<'c>(ctx: &Context<'c>) -> Result<&'c Procurement, Error> {
    ctx.data()
}
