//! Recording a certificate that its scheme's own register confirms.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::{
    Certificate, CertificateId, CertificateRecord, Certification,
    model::scheme::{Scheme, SchemeCover},
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId, UserId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        audit::{self, AuditEntry},
        error::excerpt,
        idempotency::{self, Claimed},
        outbox::{self, Topic},
        text::TextRule,
    },
};

/// Products and sites of a certificate at most.
const NAMED_MAX: usize = 100;
const NUMBER: TextRule = TextRule { length_min: 1, length_max: 100, multiline: false };

/// A certificate, as its register shows it.
#[derive(Debug, Clone, Serialize)]
pub struct RecordCertificate {
    /// Who holds it.
    pub holder: OrganizationId,
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
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Certification {
    /// Records a certificate as verified. Whoever records it has looked it up in the scheme's register.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`], [`ErrorCode::NotFound`] for the holder, and everything that is wrong with the input.
    pub async fn record_certificate(&self, actor: &Actor, command: RecordCertificate) -> Outcome<Certificate> {
        policy::require(actor, Action::RecordCertificate, &Facts::of(command.holder))?;
        if self.directory.organization(actor, command.holder).await?.is_none() {
            return Err(UserError::new(ErrorCode::NotFound, ["input", "organizationId"]).into());
        }
        let certificate = self.check(&command)?;
        let now = self.services.now();

        let tx = self.services.db.begin().await?;
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();
        let claim = match idempotency::claim(&tx, scope, key, "recordCertificate", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                let id = CertificateId::from_uuid(id);
                drop(tx);
                let found = store::by_ids(&self.services.db, &[id]).await?.remove(&id);
                return found.ok_or_else(|| Failure::code(ErrorCode::NotFound));
            }
        };
        if !store::insert(&tx, &certificate, now).await? {
            let error = UserError::new(ErrorCode::DuplicateRegistration, ["input", "number"]);
            return Err(error.with("scheme", &certificate.scheme).with("value", &certificate.number).into());
        }
        let entry = AuditEntry {
            chain: certificate.holder,
            at: now,
            actor_user: actor.user_id().map(UserId::uuid),
            on_behalf_of: None,
            action: "certificate.record",
            subject_kind: CertificateId::PREFIX,
            subject_id: certificate.id,
            before: None,
            after: Some(json!({
                "scheme": certificate.scheme,
                "number": certificate.number,
                "issuer": certificate.issuer_name,
                "record": certificate.record,
                "valid_from": certificate.valid_from,
                "valid_until": certificate.valid_until,
                "products": certificate.products,
                "sites": certificate.sites,
            })),
            request_id: actor.request.id.as_str().to_owned(),
        };
        audit::append(&tx, &entry).await?;
        outbox::announce(&tx, Topic::Organization, certificate.holder, now).await?;
        claim.finish(&tx, certificate.id).await?;
        tx.commit().await?;
        Ok(certificate)
    }

    /// The certificate as it would be, or everything that is wrong with the input.
    fn check(&self, command: &RecordCertificate) -> Outcome<Certificate> {
        let mut rejections = Rejections::default();
        let scheme = self.schemes.scheme(command.scheme.trim());
        if scheme.is_none() {
            let error = UserError::new(ErrorCode::UnknownScheme, ["input", "schemeCode"]);
            rejections.push(error.with("value", excerpt(&command.scheme)));
        }
        let number = rejections.take(NUMBER.check(&command.number, ["input", "number"]));
        let issuer_name = rejections.take(TextRule::NAME.check(&command.issuer_name, ["input", "issuerName"]));
        if command.valid_until < command.valid_from {
            rejections.push(UserError::new(ErrorCode::InvalidPeriod, ["input", "validUntil"]));
        }
        let products = self.check_products(scheme, &command.products, &mut rejections);
        let sites = check_sites(&command.sites, &mut rejections);
        rejections.finish()?;
        // All are there, or the collector would not have let us pass.
        let (Some(scheme), Some(number), Some(issuer_name)) = (scheme, number, issuer_name) else {
            return Err(Failure::code(ErrorCode::Required));
        };
        Ok(Certificate {
            id: self.services.ids.next_uuid(),
            scheme: scheme.code.clone(),
            number,
            issuer_name,
            holder: command.holder.uuid(),
            record: CertificateRecord::Verified,
            valid_from: command.valid_from,
            valid_until: command.valid_until,
            products,
            sites,
        })
    }

    fn check_products(&self, scheme: Option<&Scheme>, typed: &[String], rejections: &mut Rejections) -> Vec<String> {
        let path = ["input", "productCodes"];
        if typed.len() > NAMED_MAX {
            rejections.push(UserError::new(ErrorCode::TooLong, path).with("maximum", NAMED_MAX));
            return Vec::new();
        }
        if typed.is_empty() && scheme.is_some_and(|scheme| scheme.covers == SchemeCover::Product) {
            rejections.push(UserError::new(ErrorCode::Required, path));
        }
        let mut products: Vec<String> = Vec::new();
        for (index, code) in typed.iter().enumerate() {
            match self.taxonomy.product(code.trim()) {
                Some(product) if products.contains(&product.code) => {}
                Some(product) => products.push(product.code.clone()),
                None => {
                    let near: Vec<&str> =
                        self.taxonomy.find(&excerpt(code), 3).iter().map(|product| product.code.as_str()).collect();
                    let at = path.map(str::to_owned).into_iter().chain([index.to_string()]);
                    let error = UserError::new(ErrorCode::UnknownProduct, at).with("value", excerpt(code));
                    rejections.push(error.with("suggestions", near.join(", ")));
                }
            }
        }
        products
    }
}

fn check_sites(typed: &[String], rejections: &mut Rejections) -> Vec<String> {
    let path = ["input", "siteNames"];
    if typed.len() > NAMED_MAX {
        rejections.push(UserError::new(ErrorCode::TooLong, path).with("maximum", NAMED_MAX));
        return Vec::new();
    }
    let checked = typed.iter().enumerate().filter_map(|(index, name)| {
        let at = path.map(str::to_owned).into_iter().chain([index.to_string()]);
        rejections.take(TextRule::LINE.check(name, at))
    });
    checked.collect()
}
