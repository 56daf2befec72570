//! Roles: what a person is to an organization, and what she is to the platform.

use std::{fmt, str::FromStr};

/// The stored or typed role is none that exists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such role: {0}")]
pub struct UnknownRole(pub String);

macro_rules! roles {
    ($(#[$doc:meta])* $name:ident { $($(#[$role_doc:meta])* $role:ident = $wire:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$role_doc])* #[serde(rename = $wire)] $role,)*
        }

        impl $name {
            /// Every role, the strongest first.
            pub const ALL: &'static [Self] = &[$(Self::$role,)*];

            /// The role as it is stored and shown: `PROCUREMENT_OFFICER`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$role => $wire,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownRole;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|role| role.as_str() == text)
                    .ok_or_else(|| UnknownRole(text.to_owned()))
            }
        }
    };
}

roles! {
    /// What a person may do in an organization that she is a member of.
    Role {
        /// Everything, including who else is a member.
        Owner = "OWNER",
        /// Everything but owners.
        Manager = "MANAGER",
        /// Acts for the organization in the field: lists produce, keeps stock.
        Agent = "AGENT",
        /// Publishes requests and follows contracts of a buyer.
        ProcurementOfficer = "PROCUREMENT_OFFICER",
        /// Scores bids of a buyer.
        Evaluator = "EVALUATOR",
        /// Sees what members see, changes nothing.
        Viewer = "VIEWER",
    }
}

roles! {
    /// What a person may do on the platform as a whole, apart from any organization.
    PlatformRole {
        /// Runs the platform: standing of organizations, reference data.
        Admin = "ADMIN",
        /// Reviews ownership evidence and certificates.
        Verifier = "VERIFIER",
        /// Reads everything that may be audited, changes nothing.
        Auditor = "AUDITOR",
    }
}
