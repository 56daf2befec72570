//! What mutations give back: the object, or the errors that a person can mend.

use async_graphql::{Context, Enum, Object};

use super::locale;
use crate::{error_codes, kernel::error};

macro_rules! graphql_error_code {
    ($($(#[$doc:meta])* $name:ident = $wire:literal, $key:literal;)*) => {
        /// What is wrong with an input or a request, as a closed list that a client may match on. New codes may be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        #[graphql(remote = "error::ErrorCode")]
        pub enum UserErrorCode {
            $($(#[$doc])* #[graphql(name = $wire)] $name,)*
        }
    };
}
error_codes!(graphql_error_code);

/// One thing that the caller can mend.
#[derive(Debug, Clone)]
pub struct UserError(pub error::UserError);

/// Something that the caller can mend. A mutation that gives any of these has changed nothing.
#[Object]
impl UserError {
    /// What is wrong, for programs.
    fn code(&self) -> UserErrorCode {
        self.0.code.into()
    }

    /// What is wrong and how to mend it, for people, in the language of the request.
    async fn message(&self, ctx: &Context<'_>) -> String {
        self.0.message(locale(ctx))
    }

    /// Where: the names that lead from the mutation's arguments to the field, such as `["input", "price", "amount"]`.
    /// Empty where no field is to blame.
    fn path(&self) -> &[String] {
        &self.0.path
    }
}

/// A fault on the way to a payload; it is logged and masked before anyone sees it.
pub type Unexpected = async_graphql::Error;

/// Declares a mutation's payload: each object nullable, beside `userErrors`.
///
/// ```ignore
/// payload! {
///     /// What `publishListing` gives back.
///     PublishListingPayload {
///         /// The listing as it stands now; null when it was refused.
///         listing: Listing,
///     }
/// }
/// PublishListingPayload::from_outcome(ctx, catalog.publish_listing(&actor, command).await.map(Listing::from))
/// ```
/// With several fields, the outcome holds a tuple of them in order.
#[macro_export]
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident : $type:ty $(,)? }) => {
        $crate::payload!(@struct $(#[$doc])* $name { $(#[$field_doc])* $field: $type });
        impl $name {
            /// Wraps what the use case gave.
            ///
            /// # Errors
            /// The masked form of a fault.
            pub fn from_outcome(
                ctx: &async_graphql::Context<'_>,
                outcome: $crate::kernel::Outcome<$type>,
            ) -> Result<Self, $crate::kernel::graphql::Unexpected> {
                match outcome {
                    Ok($field) => Ok(Self { $field: Some($field), user_errors: Vec::new() }),
                    Err(failure) => {
                        Ok(Self { $field: None, user_errors: $crate::kernel::graphql::user_errors(ctx, failure)? })
                    }
                }
            }
        }
    };
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty),+ $(,)? }) => {
        $crate::payload!(@struct $(#[$doc])* $name { $($(#[$field_doc])* $field: $type),+ });
        impl $name {
            /// Wraps what the use case gave.
            ///
            /// # Errors
            /// The masked form of a fault.
            pub fn from_outcome(
                ctx: &async_graphql::Context<'_>,
                outcome: $crate::kernel::Outcome<($($type,)+)>,
            ) -> Result<Self, $crate::kernel::graphql::Unexpected> {
                match outcome {
                    Ok(($($field,)+)) => Ok(Self { $($field: Some($field),)+ user_errors: Vec::new() }),
                    Err(failure) => Ok(Self {
                        $($field: None,)+
                        user_errors: $crate::kernel::graphql::user_errors(ctx, failure)?,
                    }),
                }
            }
        }
    };
    (@struct $(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty),+ }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Option<$type>,)+
            /// What the caller has to mend; empty when the mutation was carried out.
            #[graphql(complexity = "crate::kernel::graphql::list_complexity(10, child_complexity)")]
            pub user_errors: Vec<$crate::kernel::graphql::UserError>,
        }
    };
}
