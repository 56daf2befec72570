//! What a request is changed with: what is left out stays, what is null is emptied.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};

use super::{
    ContractTermsInput, GenderMeasureInput, ProcurementMethod, RequestCriterionInput, RequestLotInput,
    input::{criteria, lots, measures, money, organizations, terms},
};
use crate::{
    documents::graphql::document_ids,
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        change::Change,
        clock::truncated,
        graphql::{LanguageCode, MoneyInput, read_id},
        locale::Locale,
    },
    procurement::{RequestId, ReviseRequest, model::draft::RequestPatch},
};

/// Declares the input that changes a request, with the fields that only one of the two has.
macro_rules! revision_input {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty,)* } |$own:ident, $wrong:ident, $patch:ident| $apply:block) => {
        $(#[$doc])*
        #[derive(Debug, Clone, InputObject)]
        pub struct $name {
            /// The request.
            pub request_id: ID,
            /// Another title. Never null.
            pub title: MaybeUndefined<String>,
            /// More about it.
            pub description: MaybeUndefined<String>,
            /// Another language of title and description. Never null.
            pub language: MaybeUndefined<LanguageCode>,
            /// Why not everybody may bid.
            pub method_rationale: MaybeUndefined<String>,
            /// All lots, each as a whole: those named by id stay the same lots, those left out go, the others are new. Never null.
            pub lots: MaybeUndefined<Vec<RequestLotInput>>,
            /// All criteria. Never null.
            pub criteria: MaybeUndefined<Vec<RequestCriterionInput>>,
            /// All measures.
            pub gender_measures: MaybeUndefined<Vec<GenderMeasureInput>>,
            /// Until when questions may be asked.
            pub enquiry_deadline: MaybeUndefined<DateTime<Utc>>,
            /// Another deadline. Never null.
            pub bid_deadline: MaybeUndefined<DateTime<Utc>>,
            /// Days between an award and what it takes force by. Never null.
            pub standstill_days: MaybeUndefined<i64>,
            /// What it may cost.
            pub budget: MaybeUndefined<MoneyInput>,
            /// So many different people score each bid. Never null.
            pub minimum_evaluators: MaybeUndefined<i64>,
            /// All who are asked to bid.
            pub invited_organization_ids: MaybeUndefined<Vec<ID>>,
            /// What its contracts will say; what is left out of it stays.
            pub contract_terms: Option<ContractTermsInput>,
            /// All documents that belong to it.
            pub document_ids: MaybeUndefined<Vec<ID>>,
            $($(#[$field_doc])* pub $field: $type,)*
            /// Refuses the change if the request is no longer at this version.
            pub expected_version: Option<i64>,
            /// Repeating the mutation with the same key and input gives the first result and changes nothing.
            pub idempotency_key: Option<String>,
        }

        impl $name {
            pub(super) fn read(self) -> Outcome<ReviseRequest> {
                let mut $wrong = Rejections::default();
                let request = $wrong.take(read_id(&self.request_id, RequestId::PREFIX, ["input", "requestId"]));
                let mut $patch = RequestPatch {
                    title: never_null(self.title, "title", &mut $wrong),
                    description: self.description.into(),
                    language: never_null(self.language, "language", &mut $wrong).map(Locale::from),
                    method: None,
                    method_rationale: self.method_rationale.into(),
                    currency: None,
                    lots: never_null(self.lots, "lots", &mut $wrong).map(|given| lots(given, &mut $wrong)),
                    criteria: never_null(self.criteria, "criteria", &mut $wrong).map(criteria),
                    measures: or_empty(self.gender_measures).map(|given| measures(given, &mut $wrong)),
                    enquiry_deadline: change(self.enquiry_deadline, truncated),
                    bid_deadline: never_null(self.bid_deadline, "bidDeadline", &mut $wrong).map(truncated),
                    standstill_days: never_null(self.standstill_days, "standstillDays", &mut $wrong),
                    minimum_evaluators: never_null(self.minimum_evaluators, "minimumEvaluators", &mut $wrong),
                    budget: change(self.budget, money),
                    terms: terms(self.contract_terms.unwrap_or_default()),
                    invited: or_empty(self.invited_organization_ids).map(|given| organizations(&given, &mut $wrong)),
                    documents: or_empty(self.document_ids).map(|given| document_ids(Some(given), &mut $wrong)),
                };
                let $own = ($(self.$field,)*);
                let rationale = $apply;
                $wrong.finish()?;
                // It is there, or the collector would not have let us pass.
                let request = request.ok_or_else(|| UserError::new(ErrorCode::Required, ["input", "requestId"]))?;
                Ok(ReviseRequest {
                    request,
                    patch: $patch,
                    rationale,
                    expected_version: self.expected_version,
                    idempotency_key: self.idempotency_key,
                })
            }
        }
    };
}

revision_input! {
    /// Changes of a draft. What is left out stays as it is; what is null is emptied.
    UpdateProcurementRequestInput {
        /// Another method. Never null.
        method: MaybeUndefined<ProcurementMethod>,
        /// The ISO 4217 code of another currency. Never null.
        currency: MaybeUndefined<String>,
    }
    |own, wrong, patch| {
        let (method, currency) = own;
        patch.method = never_null(method, "method", &mut wrong).map(Into::into);
        patch.currency = never_null(currency, "currency", &mut wrong);
        None
    }
}

revision_input! {
    /// Changes of a published request. What is left out stays as it is; what is null is emptied. Method and currency stay: bids
    /// rely on them. The deadline never comes nearer, and moves where it is near.
    AmendProcurementRequestInput {
        /// Why it is amended; everybody reads it. 3 to 2,000 signs.
        rationale: String,
    }
    |own, wrong, patch| {
        // Nothing else is its own.
        let _: (&mut Rejections, &mut RequestPatch) = (&mut wrong, &mut patch);
        Some(own.0)
    }
}

fn never_null<T>(value: MaybeUndefined<T>, field: &str, wrong: &mut Rejections) -> Option<T> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => {
            wrong.push(UserError::new(ErrorCode::Required, ["input", field]));
            None
        }
        MaybeUndefined::Value(value) => Some(value),
    }
}

fn or_empty<T>(value: MaybeUndefined<Vec<T>>) -> Option<Vec<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(Vec::new()),
        MaybeUndefined::Value(value) => Some(value),
    }
}

fn change<T, U>(value: MaybeUndefined<T>, turn: impl FnOnce(T) -> U) -> Change<U> {
    match Change::from(value) {
        Change::Keep => Change::Keep,
        Change::Clear => Change::Clear,
        Change::Set(value) => Change::Set(turn(value)),
    }
}
