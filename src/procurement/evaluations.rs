//! Reading how the bids on a request compare: as it stands, for the buyer and those who oversee; as it was decided, for everybody.

use super::{
    Award, Procurement, Request, RequestId, RequestLot,
    model::{
        evaluation::Ranked,
        judging::Judging,
        score::{ConflictDeclaration, GivenScore},
    },
    store,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    kernel::{Fault, Outcome, money::Currency},
};

/// How the bids on a request compare.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The request.
    pub request: Request,
    /// Its lots, as far as the reader may see how bids for them compare.
    pub lots: Vec<LotEvaluation>,
    /// Scores that are missing before anything can be awarded; none for whoever sees only what was decided.
    pub missing_scores: Option<i64>,
    /// What the reader declared about conflicts of interest.
    pub own_declaration: Option<ConflictDeclaration>,
}

/// How the bids for a lot compare.
#[derive(Debug, Clone)]
pub struct LotEvaluation {
    /// The lot.
    pub lot: RequestLot,
    /// In which its amounts stand.
    pub currency: Currency,
    /// The award that stands; what follows is then as it was when it was made.
    pub award: Option<Award>,
    /// The bids, the first one first.
    pub ranking: Vec<Ranked>,
    /// Whether the reader may see what each has by each criterion.
    pub is_whole: bool,
    /// What evaluators gave these bids, for whoever may see it.
    pub scores: Vec<GivenScore>,
}

impl Procurement {
    /// How the bids on a request compare, once they are opened. Those inside the buyer, and those who oversee the platform, see all
    /// of it; everybody else sees of each lot that is awarded how the bids ranked.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn evaluation(&self, actor: &Actor, id: RequestId) -> Outcome<Option<Evaluation>> {
        let Some(request) = self.request(actor, id).await?.filter(|request| request.opened_at.is_some()) else {
            return Ok(None);
        };
        let db = self.services().db.read();
        let is_whole = policy::allowed(actor, Action::ViewEvaluation, &Facts::of(request.buyer));
        let own_declaration = match actor.user_id().filter(|_| is_whole) {
            Some(user) => store::scores::declaration(db, id, user).await?,
            None => None,
        };
        let judging = store::judging::read(db, request.clone()).await?;
        let mut lots = Vec::with_capacity(judging.whole.lots.len());
        for lot in &judging.whole.lots {
            lots.extend(lot_evaluation(&judging, lot, is_whole)?);
        }
        let missing_scores = is_whole.then(|| judging.missing_scores());
        Ok(Some(Evaluation { request, lots, missing_scores, own_declaration }))
    }
}

fn lot_evaluation(judging: &Judging, lot: &RequestLot, is_whole: bool) -> Result<Option<LotEvaluation>, Fault> {
    let award = judging.standing(lot.id).cloned();
    let ranking = match &award {
        Some(award) => ranking_of(award)?,
        None if is_whole => judging.ranking(lot),
        None => return Ok(None),
    };
    let scores = if is_whole {
        ranking.iter().flat_map(|ranked| judging.scores_of(ranked.bid)).cloned().collect()
    } else {
        Vec::new()
    };
    let currency = judging.whole.request.currency;
    Ok(Some(LotEvaluation { lot: lot.clone(), currency, award, ranking, is_whole, scores }))
}

/// How the bids compared when an award was made.
///
/// # Errors
/// When what is kept is not readable.
pub fn ranking_of(award: &Award) -> Result<Vec<Ranked>, Fault> {
    serde_json::from_value(award.comparison.clone()).map_err(|error| Fault::corrupt("comparison of an award", error))
}
