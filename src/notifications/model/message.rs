//! What is told, and in which words.

use std::{collections::BTreeMap, fmt};

use uuid::Uuid;

use super::{Channel, NotificationId};
use crate::{
    accounts::{EmailAddress, Phone, UserId},
    kernel::{clock::Timestamp, error::excerpt, locale, locale::Locale},
};

crate::words! {
    /// What happened.
    NoticeKind {
        /// A saved search has found a listing. Arguments: `title` of the listing, `seller`, `search` as its owner calls it.
        SearchMatch = "SEARCH_MATCH",
        /// A certificate was looked at, or something was decided about it. Arguments: `scheme`, `number`, and what it `became`.
        CertificateDecided = "CERTIFICATE_DECIDED",
        /// A certificate runs out soon. Arguments: `scheme`, `number`, and its last `day`.
        CertificateExpiring = "CERTIFICATE_EXPIRING",
        /// Something that an organization has, or offers, is called back.
        LotsRecalled = "LOTS_RECALLED",
        /// A verifier gave a verdict on evidence. Arguments: `organization`, and what it `became`.
        EvidenceDecided = "EVIDENCE_DECIDED",
        /// Evidence of who owns and leads an organization runs out soon. Arguments: `organization`, and its last `day`.
        EvidenceExpiring = "EVIDENCE_EXPIRING",
        /// An organization has written to another. Arguments: `organization` that wrote, and the `title` of the listing that it is
        /// about, or `none`.
        InquiryMessage = "INQUIRY_MESSAGE",
        /// A lot was awarded, or an award changed. Arguments: `request`, `lot`, and what it `became` for whom it is told to.
        LotAwarded = "LOT_AWARDED",
        /// Somebody appeals against what a buyer decided. Arguments: `request`, and the `level` of the appeal.
        ComplaintFiled = "COMPLAINT_FILED",
        /// An appeal was decided. Arguments: `request`, and what it `became`.
        ComplaintDecided = "COMPLAINT_DECIDED",
        /// An organization is invited to bid. Arguments, as of the next four: `title` of the request, `buyer`, and its `deadline`.
        RequestInvitation = "REQUEST_INVITATION",
        /// A request that an organization was invited to has another wording.
        RequestAmended = "REQUEST_AMENDED",
        /// A request that an organization was invited to was given up.
        RequestCancelled = "REQUEST_CANCELLED",
        /// Somebody asked about the buyer's request.
        QuestionAsked = "QUESTION_ASKED",
        /// A question about a request was answered.
        QuestionAnswered = "QUESTION_ANSWERED",
        /// Somebody ordered from a listing. Arguments: `title` of the contract.
        OrderPlaced = "ORDER_PLACED",
        /// A wording of a contract waits for a signature. Arguments: `title`.
        ContractToSign = "CONTRACT_TO_SIGN",
        /// A contract was ended. Arguments: `title`, and the `reason`.
        ContractEnded = "CONTRACT_ENDED",
        /// A delivery left. Arguments: `title`, `quantity`, and the `day` on which it is to arrive.
        DeliveryDispatched = "DELIVERY_DISPATCHED",
        /// A delivery was accepted, or not. Arguments: `title`, and what it `became`.
        DeliveryDecided = "DELIVERY_DECIDED",
        /// An invoice was handed in. Arguments: `title`, `number`.
        InvoiceSubmitted = "INVOICE_SUBMITTED",
        /// An invoice was approved or refused. Arguments: `title`, `number`, and what it `became`.
        InvoiceDecided = "INVOICE_DECIDED",
        /// A payment was recorded. Arguments: `title`, `number`, `amount`.
        PaymentRecorded = "PAYMENT_RECORDED",
        /// A payment did not arrive. Arguments: `title`, `number`, `reference`.
        PaymentDisputed = "PAYMENT_DISPUTED",
    }
}

impl NoticeKind {
    /// What the keys of its messages begin with.
    const fn key(self) -> &'static str {
        match self {
            Self::SearchMatch => "notification-search-match",
            Self::CertificateDecided => "notification-certificate-decided",
            Self::CertificateExpiring => "notification-certificate-expiring",
            Self::LotsRecalled => "notification-lots-recalled",
            Self::EvidenceDecided => "notification-evidence-decided",
            Self::EvidenceExpiring => "notification-evidence-expiring",
            Self::InquiryMessage => "notification-inquiry-message",
            Self::LotAwarded => "notification-lot-awarded",
            Self::ComplaintFiled => "notification-complaint-filed",
            Self::ComplaintDecided => "notification-complaint-decided",
            Self::RequestInvitation => "notification-request-invitation",
            Self::RequestAmended => "notification-request-amended",
            Self::RequestCancelled => "notification-request-cancelled",
            Self::QuestionAsked => "notification-question-asked",
            Self::QuestionAnswered => "notification-question-answered",
            Self::OrderPlaced => "notification-order-placed",
            Self::ContractToSign => "notification-contract-to-sign",
            Self::ContractEnded => "notification-contract-ended",
            Self::DeliveryDispatched => "notification-delivery-dispatched",
            Self::DeliveryDecided => "notification-delivery-decided",
            Self::InvoiceSubmitted => "notification-invoice-submitted",
            Self::InvoiceDecided => "notification-invoice-decided",
            Self::PaymentRecorded => "notification-payment-recorded",
            Self::PaymentDisputed => "notification-payment-disputed",
        }
    }
}

/// Something to be told to a person.
#[derive(Debug, Clone)]
pub struct Notice {
    /// To whom.
    pub recipient: UserId,
    /// What happened.
    pub kind: NoticeKind,
    /// The wire id of what it leads to.
    pub subject: String,
    /// The wire id of what it is told for, if anything.
    pub cause: Option<String>,
    /// What its text is made with.
    pub arguments: BTreeMap<String, String>,
    /// By which ways beside the product itself, as far as she wants them.
    pub channels: Vec<Channel>,
}

/// Something that a person was told.
#[derive(Debug, Clone)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// Who was told.
    pub recipient: UserId,
    /// What happened.
    pub kind: NoticeKind,
    /// The wire id of what it leads to.
    pub subject: String,
    /// The wire id of what it was told for.
    pub cause: Option<String>,
    /// What its text is made with.
    pub arguments: BTreeMap<String, String>,
    /// When it was told.
    pub created_at: Timestamp,
    /// When she read it.
    pub read_at: Option<Timestamp>,
}

/// An e-mail.
#[derive(Clone)]
pub struct Mail {
    /// What a repetition could be told by.
    pub id: Uuid,
    /// To whom.
    pub to: EmailAddress,
    /// Its subject line.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// Where further ones are stopped.
    pub stop: String,
}

/// Neither whom a message is for nor what it says is printed: the link in it stops her messages.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A short message.
#[derive(Clone)]
pub struct Sms {
    /// What a repetition could be told by.
    pub id: Uuid,
    /// To whom.
    pub to: Phone,
    /// Its text.
    pub text: String,
}

/// As of an e-mail.
impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sms").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Notification {
    /// In a few words.
    #[must_use]
    pub fn title(&self, locale: Locale) -> String {
        self.say(locale, "title", |value| value.to_owned())
    }

    /// In a sentence.
    #[must_use]
    pub fn text(&self, locale: Locale) -> String {
        self.say(locale, "text", |value| value.to_owned())
    }

    /// As an e-mail.
    #[must_use]
    pub fn mail(&self, id: Uuid, to: EmailAddress, locale: Locale, stop: String) -> Mail {
        let footer = locale::message(locale, "notification-stop-email", [("link", stop.as_str())]);
        let text = format!("{}\n\n-- \n{footer}\n", self.text(locale));
        Mail { id, to, subject: self.title(locale), text, stop }
    }

    /// As a short message: each of its parts is cut, since every 70 signs cost.
    #[must_use]
    pub fn sms(&self, id: Uuid, to: Phone, locale: Locale, stop: &str) -> Sms {
        let footer = locale::message(locale, "notification-stop-sms", [("link", stop)]);
        Sms { id, to, text: format!("{} {footer}", self.say(locale, "sms", excerpt)) }
    }

    fn say(&self, locale: Locale, form: &str, cut: impl Fn(&str) -> String) -> String {
        let arguments: Vec<(&str, String)> =
            self.arguments.iter().map(|(name, value)| (name.as_str(), cut(value))).collect();
        let key = format!("{}-{form}", self.kind.key());
        locale::message(locale, &key, arguments.iter().map(|(name, value)| (*name, value.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_is_printed() {
        let to = Phone::parse("+22376123456", ["phone"]).unwrap();
        let sms = Sms { id: Uuid::nil(), to, text: "https://x/stop?token=abc".into() };
        let printed = format!("{sms:?}");
        assert!(!printed.contains("76123456") && !printed.contains("abc"), "{printed}");
    }

    #[test]
    fn every_kind_has_its_words_in_both_languages() {
        for kind in NoticeKind::ALL {
            for form in ["title", "text", "sms"] {
                assert!(locale::has_message(&format!("{}-{form}", kind.key())), "{kind:?} {form}");
            }
        }
        assert!(locale::has_message("notification-stop-email") && locale::has_message("notification-stop-sms"));
    }
}
