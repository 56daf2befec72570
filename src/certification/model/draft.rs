//! A certificate as somebody writes it down, and everything that can be wrong with it.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    group::{self, GroupMember, HECTARE_DECIMALS, person_digest, person_number},
    scheme::{Scheme, SchemeCover, Schemes},
};
use crate::{
    accounts::OrganizationId,
    catalog::model::{
        taxonomy::Taxonomy,
        unit::{UnitKind, grams},
    },
    kernel::{
        decimal,
        error::{ErrorCode, Rejections, UserError, excerpt},
        money::{Currency, Money},
        quantity::Quantity,
        text::TextRule,
    },
};

/// Products, sites and organizations of a certificate at most.
pub const NAMED_MAX: usize = 100;
/// Members that a request may bring at most, whatever the scheme: its own limit is told with the rest.
pub const MEMBERS_READ_MAX: usize = 5_000;

const NUMBER: TextRule = TextRule { length_min: 1, length_max: 100, multiline: false };
const MEMBER_CODE: TextRule = TextRule { length_min: 1, length_max: 50, multiline: false };

/// A certificate as it was typed.
#[derive(Debug, Clone, Serialize)]
pub struct CertificateDraft {
    /// Who holds it.
    pub holder: OrganizationId,
    /// The organizations that it covers beside its holder.
    pub covered: Vec<OrganizationId>,
    /// The scheme.
    pub scheme: String,
    /// The number that its issuer gave it.
    pub number: String,
    /// Who issued it.
    pub issuer_name: String,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day.
    pub valid_until: NaiveDate,
    /// The products that it names, by code.
    pub products: Vec<String>,
    /// The sites that it names.
    pub sites: Vec<String>,
    /// What may be sold under it.
    pub volume_limit: Option<Quantity>,
    /// The producers whom it certifies as a group.
    pub members: Vec<MemberDraft>,
}

/// A producer of a group as she was typed.
#[derive(Debug, Clone, Serialize)]
pub struct MemberDraft {
    /// What the group calls her by.
    pub code: String,
    /// Her phone, or the number that she is registered by.
    pub identifier: String,
    /// What she farms, in hectares.
    pub hectares: String,
    /// What she earns a year with what is certified.
    pub turnover: Option<Money>,
}

/// A draft that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedDraft {
    /// The scheme, by code.
    pub scheme: String,
    /// The number.
    pub number: String,
    /// Who issued it.
    pub issuer_name: String,
    /// The products that it names, each once.
    pub products: Vec<String>,
    /// The sites that it names.
    pub sites: Vec<String>,
    /// What may be sold under it, in thousandths of a kilogram.
    pub volume_limit_grams: Option<i64>,
    /// The organizations that it covers, its holder among them, in the order of their ids.
    pub covered: Vec<OrganizationId>,
    /// The group.
    pub members: Vec<GroupMember>,
}

impl CertificateDraft {
    /// What is to be kept, or everything that is wrong.
    ///
    /// # Errors
    /// An error for each field that is wrong.
    pub fn check(&self, schemes: &Schemes, taxonomy: &Taxonomy) -> Result<CheckedDraft, Rejections> {
        let mut wrong = Rejections::default();
        let scheme = wrong.take(self.check_scheme(schemes));
        let number = wrong.take(NUMBER.check(&self.number, ["input", "number"]));
        let issuer_name = wrong.take(TextRule::NAME.check(&self.issuer_name, ["input", "issuerName"]));
        wrong.take(self.check_days(scheme));
        let products = self.check_products(scheme, taxonomy, &mut wrong);
        let sites = self.check_sites(&mut wrong);
        let volume_limit_grams = wrong.take(self.check_volume(taxonomy)).flatten();
        let covered = wrong.take(self.check_covered());
        let members = self.check_members(scheme, &mut wrong);
        match (scheme, number, issuer_name, covered) {
            (Some(scheme), Some(number), Some(issuer_name), Some(covered)) if wrong.is_empty() => Ok(CheckedDraft {
                scheme: scheme.code.clone(),
                number,
                issuer_name,
                products,
                sites,
                volume_limit_grams,
                covered,
                members,
            }),
            _ => Err(wrong),
        }
    }

    fn check_scheme<'s>(&self, schemes: &'s Schemes) -> Result<&'s Scheme, UserError> {
        schemes.scheme(self.scheme.trim()).ok_or_else(|| {
            UserError::new(ErrorCode::UnknownScheme, ["input", "schemeCode"]).with("value", excerpt(&self.scheme))
        })
    }

    fn check_days(&self, scheme: Option<&Scheme>) -> Result<(), UserError> {
        if self.valid_until < self.valid_from {
            return Err(UserError::new(ErrorCode::InvalidPeriod, ["input", "validUntil"]));
        }
        match scheme.and_then(|scheme| Some((scheme, scheme.issued_until?))) {
            Some((scheme, last)) if last < self.valid_from => {
                let error = UserError::new(ErrorCode::SchemeNotIssued, ["input", "validFrom"]);
                Err(error.with("scheme", &scheme.code).with("last", last))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn check_products(&self, scheme: Option<&Scheme>, taxonomy: &Taxonomy, wrong: &mut Rejections) -> Vec<String> {
        let path = ["input", "productCodes"];
        if self.products.len() > NAMED_MAX {
            wrong.push(UserError::new(ErrorCode::TooLong, path).with("maximum", NAMED_MAX));
            return Vec::new();
        }
        if self.products.is_empty() && scheme.is_some_and(|scheme| scheme.covers == SchemeCover::Product) {
            wrong.push(UserError::new(ErrorCode::Required, path));
        }
        let mut products: Vec<String> = Vec::new();
        for (index, code) in self.products.iter().enumerate() {
            match taxonomy.product(code.trim()) {
                Some(product) if products.contains(&product.code) => {}
                Some(product) => products.push(product.code.clone()),
                None => {
                    let near: Vec<&str> =
                        taxonomy.find(&excerpt(code), 3).iter().map(|product| product.code.as_str()).collect();
                    let error = UserError::new(ErrorCode::UnknownProduct, item(path, index));
                    wrong.push(error.with("value", excerpt(code)).with("suggestions", near.join(", ")));
                }
            }
        }
        products
    }

    fn check_sites(&self, wrong: &mut Rejections) -> Vec<String> {
        let path = ["input", "siteNames"];
        if self.sites.len() > NAMED_MAX {
            wrong.push(UserError::new(ErrorCode::TooLong, path).with("maximum", NAMED_MAX));
            return Vec::new();
        }
        let sites = self.sites.iter().enumerate();
        sites.filter_map(|(index, name)| wrong.take(TextRule::LINE.check(name, item(path, index)))).collect()
    }

    /// A limit is a mass: sacks weigh what their product weighs, and a certificate may name several.
    fn check_volume(&self, taxonomy: &Taxonomy) -> Result<Option<i64>, UserError> {
        let Some(limit) = &self.volume_limit else { return Ok(None) };
        let unit = taxonomy.unit(limit.unit.as_str()).filter(|unit| unit.kind == UnitKind::Mass);
        // What a unit of mass weighs depends on no product and no place.
        let by_definition = unit.and_then(|unit| taxonomy.conversion(&unit.code, "", &[], self.valid_from));
        let Some(per_unit) = by_definition.map(|conversion| conversion.grams) else {
            let error = UserError::new(ErrorCode::UnknownUnit, ["input", "volumeLimit", "unit"]);
            return Err(error.with("value", excerpt(limit.unit.as_str())).with("allowed", "KGM, TNE"));
        };
        match grams(limit.thousandths, per_unit) {
            Some(grams) if grams > 0 => Ok(Some(grams)),
            Some(_) | None => {
                let error = UserError::new(ErrorCode::OutOfRange, ["input", "volumeLimit", "value"]);
                Err(error.with("minimum", "0.001").with("maximum", i64::MAX / 1_000_000))
            }
        }
    }

    fn check_covered(&self) -> Result<Vec<OrganizationId>, UserError> {
        if self.covered.len() > NAMED_MAX {
            let error = UserError::new(ErrorCode::TooLong, ["input", "coveredOrganizationIds"]);
            return Err(error.with("maximum", NAMED_MAX));
        }
        let mut covered: Vec<OrganizationId> = self.covered.iter().copied().chain([self.holder]).collect();
        covered.sort_unstable();
        covered.dedup();
        Ok(covered)
    }

    fn check_members(&self, scheme: Option<&Scheme>, wrong: &mut Rejections) -> Vec<GroupMember> {
        let path = ["input", "groupMembers"];
        if self.members.is_empty() {
            return Vec::new();
        }
        let Some(scheme) = scheme else { return Vec::new() };
        let rule = scheme.group_rule.as_ref().and_then(|rule| Some((rule, rule.hectares_max().ok()?)));
        let Some((rule, hectares_max)) = rule else {
            wrong.push(UserError::new(ErrorCode::GroupNotAllowed, path).with("scheme", &scheme.code));
            return Vec::new();
        };
        if self.members.len() > MEMBERS_READ_MAX {
            wrong.push(UserError::new(ErrorCode::TooLong, path).with("maximum", rule.members_max));
            return Vec::new();
        }
        let typed = self.members.iter().enumerate();
        let members: Vec<GroupMember> = typed.filter_map(|(index, member)| member.check(index, wrong)).collect();
        // Positions tell which member is meant only where none was left out.
        if members.len() == self.members.len() {
            for error in group::problems(rule, hectares_max, &members) {
                wrong.push(error);
            }
        }
        members
    }
}

impl MemberDraft {
    fn check(&self, index: usize, wrong: &mut Rejections) -> Option<GroupMember> {
        let at = |field: &str| {
            ["input".to_owned(), "groupMembers".to_owned(), index.to_string(), field.to_owned()].into_iter()
        };
        let code = wrong.take(MEMBER_CODE.check(&self.code, at("memberCode")));
        let number = wrong.take(person_number(&self.identifier, at("identifier")));
        let hectares = decimal::parse_scaled(&self.hectares, HECTARE_DECIMALS)
            .map_err(|error| UserError::from_decimal(error, &self.hectares, at("hectares")))
            .and_then(|hectares| match hectares {
                0.. => Ok(hectares),
                _ => Err(UserError::new(ErrorCode::OutOfRange, at("hectares"))
                    .with("minimum", 0)
                    .with("maximum", i64::MAX / 1_000)),
            });
        let hectares = wrong.take(hectares);
        let turnover = match self.turnover {
            None => Some(None),
            Some(Money { minor, currency }) if currency == Currency::XOF && minor >= 0 => Some(Some(minor)),
            Some(Money { currency: Currency::XOF, .. }) => {
                let error = UserError::new(ErrorCode::OutOfRange, at("annualTurnover").chain(["amount".to_owned()]));
                wrong.push(error.with("minimum", 0).with("maximum", i64::MAX));
                None
            }
            Some(_) => {
                let error =
                    UserError::new(ErrorCode::InvalidValue, at("annualTurnover").chain(["currency".to_owned()]));
                wrong.push(error.with("value", "currency").with("allowed", "XOF"));
                None
            }
        };
        Some(GroupMember { code: code?, person: person_digest(&number?), hectares: hectares?, turnover_xof: turnover? })
    }
}

fn item(path: [&'static str; 2], index: usize) -> impl Iterator<Item = String> {
    path.map(str::to_owned).into_iter().chain([index.to_string()])
}
