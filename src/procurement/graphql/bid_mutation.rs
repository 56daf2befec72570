//! Writing: a bidder seals, the buyer opens.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    ProcurementRequest,
    bid::{Bid, BidDisqualificationReason},
    procurement,
};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    documents::graphql::document_ids,
    kernel::{
        ErrorCode, Outcome, Rejections, UserError, decimal,
        graphql::{Decimal, MoneyInput, list_complexity, read_id, user_errors},
        quantity,
    },
    payload,
    procurement::{
        BidId, CriterionId, DisqualifyBid, LotDraft, OfferDraft, OpenBids, OwnBid, RequestId, RequestLotId, SeenBid,
        SubmitBid, ValidateBid, model::offer::PERCENT_DECIMALS,
    },
};

/// Who bids together with others, and for which share.
#[derive(Clone, InputObject)]
pub struct BidPartnerInput {
    /// The organization.
    pub organization_id: ID,
    /// Her share in percent, with at most three decimals.
    pub share_percent: Decimal,
}

/// What is offered for a lot.
#[derive(Clone, InputObject)]
pub struct BidLotInput {
    /// The lot of the request.
    pub request_lot_id: ID,
    /// The price of a whole unit of the lot, above zero, in the currency of the request.
    pub unit_price: MoneyInput,
    /// How much, in the lot's unit, with at most three decimals: at most what is asked for. Where it is less, the buyer looks
    /// at it before the bid is found to answer the request.
    pub quantity: Decimal,
}

/// What is said to a criterion.
#[derive(Clone, InputObject)]
pub struct BidAnswerInput {
    /// The criterion.
    pub criterion_id: ID,
    /// What is said, at most 5,000 signs.
    pub text: String,
}

/// A bid to be sealed.
#[derive(Clone, InputObject)]
pub struct SubmitBidInput {
    /// On which request.
    pub request_id: ID,
    /// Who bids: of several, the one who leads and speaks for all.
    pub bidder_id: ID,
    /// Those who bid together, at most 20, whose shares are 100 % in all. Where the bidder is not among them, what is left is
    /// hers.
    pub partners: Option<Vec<BidPartnerInput>>,
    /// What is offered, each lot once.
    pub lots: Vec<BidLotInput>,
    /// What is said to criteria, each once.
    pub answers: Option<Vec<BidAnswerInput>>,
    /// Documents that belong to it, at most 10: uploaded for the bidder, and ready.
    pub document_ids: Option<Vec<ID>>,
    /// Whether it takes the place of the bid that the bidder has sealed on the request.
    #[graphql(default)]
    pub replace: bool,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl SubmitBidInput {
    fn read(self) -> Outcome<SubmitBid> {
        let mut wrong = Rejections::default();
        let request = wrong.take(read_id(&self.request_id, RequestId::PREFIX, ["input", "requestId"]));
        let bidder = wrong.take(read_id(&self.bidder_id, OrganizationId::PREFIX, ["input", "bidderId"]));
        let mut partners = Vec::new();
        for (index, partner) in self.partners.unwrap_or_default().iter().enumerate() {
            let index = index.to_string();
            let path = ["input", "partners", &index, "organizationId"];
            let organization = wrong.take(read_id(&partner.organization_id, OrganizationId::PREFIX, path));
            let path = ["input", "partners", &index, "sharePercent"];
            let share = wrong.take(scaled(&partner.share_percent, PERCENT_DECIMALS, &path));
            partners.extend(organization.zip(share));
        }
        let mut lots = Vec::new();
        for (index, lot) in self.lots.iter().enumerate() {
            let index = index.to_string();
            let at = |field| ["input", "lots", index.as_str(), field];
            let request_lot = wrong.take(read_id(&lot.request_lot_id, RequestLotId::PREFIX, at("requestLotId")));
            let unit_price = wrong.take(lot.unit_price.read(&at("unitPrice")));
            let quantity = wrong.take(scaled(&lot.quantity, quantity::DECIMALS, &at("quantity")));
            if let (Some(lot), Some(unit_price), Some(quantity)) = (request_lot, unit_price, quantity) {
                lots.push(LotDraft { lot, unit_price, quantity });
            }
        }
        let mut answers = Vec::new();
        for (index, answer) in self.answers.unwrap_or_default().into_iter().enumerate() {
            let path = ["input", "answers", &index.to_string(), "criterionId"];
            let criterion: Option<CriterionId> = wrong.take(read_id(&answer.criterion_id, CriterionId::PREFIX, path));
            answers.extend(criterion.map(|criterion| (criterion, answer.text)));
        }
        let documents = document_ids(self.document_ids, &mut wrong);
        wrong.finish()?;
        // They are there, or the collector would not have let us pass.
        let required = |field: &str| UserError::new(ErrorCode::Required, ["input", field]);
        let request = request.ok_or_else(|| required("requestId"))?;
        let bidder = bidder.ok_or_else(|| required("bidderId"))?;
        let draft = OfferDraft { request, bidder, partners, lots, answers, documents };
        Ok(SubmitBid { draft, replace: self.replace, idempotency_key: self.idempotency_key })
    }
}

fn scaled(value: &Decimal, decimals: u32, path: &[&str]) -> Result<i64, UserError> {
    decimal::parse_scaled(&value.0, decimals).map_err(|error| UserError::from_decimal(error, &value.0, path))
}

/// Declares the input of a change of one's own bid.
macro_rules! own_bid_input {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, InputObject)]
        pub struct $name {
            /// Which bid.
            pub bid_id: ID,
            /// Refuses the change if the bid is no longer at this version.
            pub expected_version: Option<i64>,
            /// Repeating the mutation with the same key and input gives the first result and changes nothing.
            pub idempotency_key: Option<String>,
        }

        impl $name {
            fn read(self) -> Outcome<OwnBid> {
                Ok(OwnBid {
                    bid: read_id(&self.bid_id, BidId::PREFIX, ["input", "bidId"])?,
                    expected_version: self.expected_version,
                    idempotency_key: self.idempotency_key,
                })
            }
        }
    };
}

own_bid_input! {
    /// Which bid is taken back.
    WithdrawBidInput
}
own_bid_input! {
    /// Which bid stands for the request as it is now.
    ReconfirmBidInput
}
own_bid_input! {
    /// Which bid answers the request.
    ValidateBidInput
}

/// Which bid is excluded, and why.
#[derive(Debug, Clone, InputObject)]
pub struct DisqualifyBidInput {
    /// Which bid.
    pub bid_id: ID,
    /// Why it is excluded.
    pub reason: BidDisqualificationReason,
    /// In which words, at most 2,000 signs; needed for `OTHER`.
    pub note: Option<String>,
    /// Refuses the change if the bid is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Which bids are opened.
#[derive(Debug, Clone, InputObject)]
pub struct OpenBidsInput {
    /// Those on this request.
    pub request_id: ID,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What the mutations of one bid give back.
    BidPayload {
        /// The bid as it stands now; null when the mutation was refused.
        bid: Bid,
    }
}

/// What `openBids` gives back.
#[derive(async_graphql::SimpleObject)]
pub struct OpenBidsPayload {
    /// The request as it stands now; null when the mutation was refused.
    pub procurement_request: Option<ProcurementRequest>,
    /// The bids that were opened, the first sealed first; null when the mutation was refused.
    #[graphql(complexity = "list_complexity(20, child_complexity)")]
    pub bids: Option<Vec<Bid>>,
    /// How many lapsed unopened, because they answered an earlier wording of the request.
    pub lapsed_count: i64,
    /// Bids that are not what was sealed, because somebody changed what was kept of them. They stay closed; each bidder can prove by
    /// her receipt what she had sealed.
    pub unreadable_bid_ids: Vec<ID>,
    /// What the caller has to mend; empty when the mutation was carried out.
    #[graphql(complexity = "list_complexity(10, child_complexity)")]
    pub user_errors: Vec<crate::kernel::graphql::UserError>,
}

/// The mutations of bids.
#[derive(Debug, Default, Clone, Copy)]
pub struct BidsMutation;

#[Object]
impl BidsMutation {
    /// Seals a bid on a request, alone or together with others. Nobody but the bidder can read it, or learns whose it is, until the
    /// buyer opens all bids after the deadline; its receipt then proves what was sealed.
    async fn submit_bid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The bid.")] input: SubmitBidInput,
    ) -> Result<BidPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.submit_bid(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        payload(ctx, outcome)
    }

    /// Takes a sealed bid back before the deadline. Nothing of its content stays.
    async fn withdraw_bid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which bid.")] input: WithdrawBidInput,
    ) -> Result<BidPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.withdraw_bid(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        payload(ctx, outcome)
    }

    /// Says that a sealed bid stands for the request as it is now, after an amendment. Its receipt stays the same.
    async fn reconfirm_bid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which bid.")] input: ReconfirmBidInput,
    ) -> Result<BidPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.reconfirm_bid(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        payload(ctx, outcome)
    }

    /// Opens all bids on a request, once its deadline has passed. Those in which nothing has to be looked at are valid at once.
    async fn open_bids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which request.")] input: OpenBidsInput,
    ) -> Result<OpenBidsPayload> {
        let room = procurement(ctx)?;
        let opened = match read_id(&input.request_id, RequestId::PREFIX, ["input", "requestId"]) {
            Ok(request) => {
                let command = OpenBids { request, idempotency_key: input.idempotency_key };
                Box::pin(room.open_bids_seen(actor(ctx), command)).await
            }
            Err(error) => Err(error.into()),
        };
        Ok(match opened {
            Ok((request, opened, bids)) => OpenBidsPayload {
                procurement_request: Some(ProcurementRequest(request)),
                bids: Some(bids.into_iter().map(Bid).collect()),
                lapsed_count: i64::try_from(opened.lapsed.len()).unwrap_or(i64::MAX),
                unreadable_bid_ids: opened.unreadable.iter().map(|id| ID(id.to_string())).collect(),
                user_errors: Vec::new(),
            },
            Err(failure) => OpenBidsPayload {
                procurement_request: None,
                bids: None,
                lapsed_count: 0,
                unreadable_bid_ids: Vec::new(),
                user_errors: user_errors(ctx, failure)?,
            },
        })
    }

    /// Finds that an opened bid answers the request, though its opening found something to look at. Not for whoever belongs to an
    /// organization that bids.
    async fn validate_bid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which bid.")] input: ValidateBidInput,
    ) -> Result<BidPayload> {
        let outcome = match input.read() {
            Ok(OwnBid { bid, expected_version, idempotency_key }) => {
                let command = ValidateBid { bid, expected_version, idempotency_key };
                Box::pin(procurement(ctx)?.validate_bid(actor(ctx), command)).await
            }
            Err(failure) => Err(failure),
        };
        payload(ctx, outcome)
    }

    /// Excludes an opened bid, with a reason. Not for whoever belongs to an organization that bids.
    async fn disqualify_bid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which bid, and why.")] input: DisqualifyBidInput,
    ) -> Result<BidPayload> {
        let outcome = match read_id(&input.bid_id, BidId::PREFIX, ["input", "bidId"]) {
            Ok(bid) => {
                let command = DisqualifyBid {
                    bid,
                    reason: input.reason.into(),
                    note: input.note,
                    expected_version: input.expected_version,
                    idempotency_key: input.idempotency_key,
                };
                Box::pin(procurement(ctx)?.disqualify_bid(actor(ctx), command)).await
            }
            Err(error) => Err(error.into()),
        };
        payload(ctx, outcome)
    }
}

fn payload(ctx: &Context<'_>, outcome: Outcome<SeenBid>) -> Result<BidPayload> {
    BidPayload::from_outcome(ctx, outcome.map(Bid))
}
