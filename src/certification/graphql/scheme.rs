//! What can be certified, on the wire.

use async_graphql::{Context, Enum, Object};

use crate::{
    certification::{
        Certification,
        model::{self, scheme::SchemeCover},
    },
    connection,
    directory::graphql::Certainty,
    kernel::{
        UserError,
        graphql::{Date, LanguageCode, locale},
        locale::Locale,
        page::{Page, PageArgs, SortValue},
    },
};

const SCHEMES: &str = "certification-schemes";

/// What a certificate of a scheme speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "SchemeCover")]
pub enum CertificationCover {
    /// Products of the holder that the certificate names.
    Product,
    /// How the holder's sites work, whatever they make.
    Process,
    /// The holder itself.
    Organization,
}

/// Something that can be certified.
#[derive(Debug, Clone)]
pub struct CertificationScheme(pub model::scheme::Scheme);

connection! {
    /// A page of certification schemes.
    CertificationSchemeConnection, CertificationSchemeEdge, CertificationScheme
}

impl CertificationScheme {
    /// The scheme with this code; none where there is none.
    ///
    /// # Errors
    /// When the schema holds no certification.
    pub fn find(ctx: &Context<'_>, code: &str) -> async_graphql::Result<Option<Self>> {
        Ok(super::certification(ctx)?.schemes().scheme(code).cloned().map(Self))
    }
}

/// Something that can be certified: organic farming, fair trade, a safe process.
#[Object]
impl CertificationScheme {
    /// Identifies it, such as `ORGANIC_EU`.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its full name.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The language of the name; the request's own where none is given. French where there is none in it."
        )]
        language: Option<LanguageCode>,
    ) -> &str {
        self.0.names.best(language.map_or_else(|| locale(ctx), Locale::from)).unwrap_or(&self.0.code)
    }

    /// A short name, for tags and facets.
    async fn label(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The language of the label; the request's own where none is given. French where there is none in it."
        )]
        language: Option<LanguageCode>,
    ) -> &str {
        self.0.labels.best(language.map_or_else(|| locale(ctx), Locale::from)).unwrap_or(&self.0.code)
    }

    /// What its certificates speak of.
    fn covers(&self) -> CertificationCover {
        self.0.covers.into()
    }

    /// The codes of the products, each with everything below it in the tree, that it is about; empty for all.
    fn product_codes(&self) -> &[String] {
        &self.0.products
    }

    /// Bodies known to issue it. Others are not refused for it.
    fn issuers(&self) -> &[String] {
        &self.0.issuers
    }

    /// Members that a group may have at most to hold one certificate together; null where the scheme sets no number.
    fn group_members_max(&self) -> Option<i64> {
        self.0.group_rule.as_ref().and_then(|rule| i64::try_from(rule.members_max).ok())
    }

    /// The last first day of its certificates; null while they are issued.
    fn issued_until(&self) -> Option<Date> {
        self.0.issued_until.map(Date)
    }

    /// Whether nobody may hold certificates of two certifiers for the same products on the same days.
    fn one_certifier(&self) -> bool {
        self.0.one_certifier
    }

    /// Where this is known from.
    fn source(&self) -> &str {
        &self.0.source
    }

    /// How sure that is.
    fn certainty(&self) -> Certainty {
        self.0.certainty.into()
    }
}

/// A page of what can be certified.
///
/// # Errors
/// What is wrong with the page.
pub(super) fn schemes(
    certification: &Certification,
    args: &PageArgs,
) -> Result<CertificationSchemeConnection, UserError> {
    let page = Page::new(SCHEMES, args, SortValue::is_text)?;
    let all: Vec<&model::scheme::Scheme> = certification.schemes().all().iter().collect();
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let slice = page.of_memory(all, |scheme, code| scheme.code == code)?;
    let turn = |scheme: &model::scheme::Scheme| {
        (Page::memory_cursor(SCHEMES, &scheme.code), CertificationScheme(scheme.clone()))
    };
    Ok(CertificationSchemeConnection::new(slice, turn, Some(total)))
}
