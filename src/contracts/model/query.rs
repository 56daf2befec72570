//! What lists of contracts are narrowed by.

use super::states::ContractStatus;
use crate::accounts::OrganizationId;

/// Narrows a list of contracts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContractFilter {
    /// Only those of which this organization is buyer or supplier.
    pub organization: Option<OrganizationId>,
    /// Only what this organization buys.
    pub buyer: Option<OrganizationId>,
    /// Only what this organization supplies, alone or with others.
    pub supplier: Option<OrganizationId>,
    /// Only those in this state.
    pub status: Option<ContractStatus>,
    /// Only those with a line of one of these products, by code.
    pub products: Option<Vec<String>>,
}

/// Whose contracts somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    Everything,
    /// Those of these organizations.
    Of(Vec<OrganizationId>),
}
