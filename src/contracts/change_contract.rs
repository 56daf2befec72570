//! A party proposes another wording of a contract.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::{
    Contract, ContractId, ContractLineId, Contracts,
    access::{REASON, acting_for, amount_of, expect_version, path, positive},
    journal::Step,
    model::{
        contract::WholeContract,
        states::ContractAction,
        terms::Terms,
        wording::{Version, Wording, check_line},
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    documents::DocumentId,
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        idempotency::{self, Claimed},
        money::Money,
        quantity::Quantity,
    },
    notifications::NoticeKind,
};

/// Another wording.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeContract {
    /// The contract.
    pub contract: ContractId,
    /// Which party proposes it.
    pub organization: OrganizationId,
    /// Why.
    pub rationale: String,
    /// What is changed of its lines; the others stay.
    pub lines: Vec<ChangedLine>,
    /// Days in which invoices are to be paid.
    pub payment_days: Option<i64>,
    /// What early payment takes off.
    pub early_payment: Option<EarlyPayment>,
    /// Documents of the party that go with it.
    pub documents: Vec<DocumentId>,
    /// Refuses the change if another wording was proposed since.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What is changed of a line.
#[derive(Debug, Clone, Serialize)]
pub struct ChangedLine {
    /// The line.
    pub line: ContractLineId,
    /// How much of it from now on, what was accepted included.
    pub quantity: Option<Quantity>,
    /// At which price.
    pub unit_price: Option<Money>,
    /// Until when.
    pub deliver_until: Option<NaiveDate>,
}

/// What paying all of an invoice early takes off.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct EarlyPayment {
    /// Thousandths.
    pub permille: i64,
    /// Until so many days after approval.
    pub days: i64,
}

impl Contracts {
    /// Proposes another wording. It takes force once all parties have signed it; the party that proposes it signs with the proposal,
    /// if the person may sign for it. A later proposal takes the place of one that waits.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the contract or a line, [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`] where the
    /// contract is not in force, [`ErrorCode::OutOfRange`] below what was accepted, [`ErrorCode::InvalidValue`] for another price of
    /// what was billed, [`ErrorCode::MixedCurrencies`], [`ErrorCode::Required`] where nothing is changed.
    pub async fn change_contract(&self, actor: &Actor, command: ChangeContract) -> Outcome<Contract> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "changeContract", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.contract_again(ContractId::from_uuid(id)).await;
            }
        };
        let mut whole = self.locked(&tx, actor, command.contract, "contractId").await?;
        acting_for(actor, &whole, command.organization, Action::ManageContracts)?;
        expect_version(command.expected_version, whole.contract.version)?;
        whole.contract.status.transition(ContractAction::Change, ["input", "contractId"])?;
        let (wording, rationale) = self.reworded(&whole, &command)?;
        let before = whole.contract.version;
        whole.contract.version += 1;
        let version = Version {
            contract: command.contract,
            version: whole.contract.version,
            wording: wording.clone(),
            rationale: Some(rationale.clone()),
            proposed_for: Some(command.organization),
            proposed_at: now,
        };
        store::versions::insert(&tx, &version, actor.user_id()).await?;
        store::contracts::update(&tx, &whole.contract, now).await?;
        let subject = (ContractId::PREFIX, command.contract.uuid());
        self.attach(&tx, command.organization, &command.documents, subject).await?;
        let others: Vec<OrganizationId> =
            whole.parties().into_iter().filter(|party| *party != command.organization).collect();
        self.tell(&tx, &others, (NoticeKind::ContractToSign, &whole.contract), &[]).await?;
        let step = Step {
            action: "contract.change",
            subject,
            on_behalf_of: Some(command.organization),
            before: Some(json!({ "version": before })),
            after: json!({ "version": version.version, "rationale": rationale, "wording": wording }),
            // What is only proposed is nobody else's business.
            tag: None,
        };
        self.record(&tx, actor, &whole.contract, step).await?;
        if policy::allowed(actor, Action::SignContracts, &Facts::of(command.organization)) {
            self.sign(&tx, actor, whole, command.organization).await?;
        }
        claim.finish(&tx, command.contract.uuid()).await?;
        tx.commit().await?;
        self.contract_again(command.contract).await
    }

    /// What the contract would say, or everything that is wrong with the change.
    fn reworded(&self, whole: &WholeContract, command: &ChangeContract) -> Outcome<(Wording, String)> {
        let mut wrong = Rejections::default();
        let rationale = wrong.take(REASON.check(&command.rationale, ["input", "rationale"]));
        let mut lines = whole.lines.clone();
        for (index, changed) in command.lines.iter().enumerate() {
            let index_text = index.to_string();
            let at = |field: &str| path(&["lines", &index_text, field]);
            let Some(line) = lines.iter_mut().find(|line| line.id == changed.line) else {
                wrong.push(UserError::new(ErrorCode::NotFound, at("contractLineId")));
                continue;
            };
            let quantity = changed.quantity.as_ref().map(|quantity| {
                let path = at("quantity");
                self.of_unit(line, quantity, &path).and_then(|thousandths| positive(thousandths, &path))
            });
            let price = changed.unit_price.map(|price| amount_of(&whole.contract, price, &at("unitPrice")));
            let (Some(quantity), Some(price)) = (wrong.take(quantity.transpose()), wrong.take(price.transpose()))
            else {
                continue;
            };
            let quantity = quantity.unwrap_or(line.quantity.thousandths);
            let price = price.unwrap_or(line.unit_price_minor);
            if wrong.take(check_line(line, quantity, price, &path(&["lines", &index_text]))).is_none() {
                continue;
            }
            let until = changed.deliver_until.or(line.deliver_until);
            match line.reworded(quantity, price, until) {
                Some(reworded) => *line = reworded,
                None => wrong.push(does_not_fit(at("quantity"))),
            }
        }
        let terms = wrong.take(terms_of(&whole.contract, command));
        let is_same = lines == whole.lines && terms == Some(whole.contract.terms);
        if wrong.is_empty() && is_same && command.documents.is_empty() {
            wrong.push(UserError::new(ErrorCode::Required, ["input", "lines"]));
        }
        wrong.finish()?;
        let (Some(rationale), Some(terms)) = (rationale, terms) else {
            return Err(Failure::code(ErrorCode::Required));
        };
        let wording = Wording::of(&whole.contract, &lines, terms).ok_or_else(|| does_not_fit(path(&["lines"])))?;
        Ok((wording, rationale))
    }
}

/// The terms as they would be.
fn terms_of(contract: &Contract, command: &ChangeContract) -> Result<Terms, UserError> {
    let within = |value: i64, least: i64, most: i64, field: &[&str]| {
        if (least..=most).contains(&value) {
            return Ok(value);
        }
        Err(UserError::new(ErrorCode::OutOfRange, path(field)).with("minimum", least).with("maximum", most))
    };
    let mut terms = contract.terms;
    if let Some(days) = command.payment_days {
        terms.payment_days = within(days, 1, 180, &["paymentDays"])?;
    }
    if let Some(early) = command.early_payment {
        let most = crate::kernel::decimal::format_scaled(200, 1);
        if !(0..=200).contains(&early.permille) {
            let error = UserError::new(ErrorCode::OutOfRange, path(&["earlyPayment", "percent"]));
            return Err(error.with("minimum", "0").with("maximum", most));
        }
        terms.early_payment_permille = early.permille;
        terms.early_payment_days = within(early.days, 0, 180, &["earlyPayment", "days"])?;
    }
    Ok(terms)
}

/// An amount is nothing, or does not fit.
fn does_not_fit(path: Vec<String>) -> UserError {
    UserError::new(ErrorCode::OutOfRange, path).with("minimum", 1).with("maximum", i64::MAX)
}
