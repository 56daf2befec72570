//! One SeaORM entity a table: raw column types, relations, nothing else.
//!
//! What a row means, and in which units, stands in its file. What may be in it is decided by the rooms of the
//! `bfw` crate and guarded by the constraints in `migration`; a test of that crate holds the two against each
//! other. Text columns that hold one of a few words are plain strings here: the rooms own the enums, so that a
//! word unknown to an older process is an error it can report instead of a row it cannot read.

pub mod audit_chain;
pub mod audit_entry;
pub mod award;
pub mod bid;
pub mod bid_lot;
pub mod bid_partner;
pub mod bid_score;
pub mod certificate;
pub mod certificate_decision;
pub mod certificate_group_member;
pub mod certificate_organization;
pub mod complaint;
pub mod conflict_declaration;
pub mod consent;
pub mod contract;
pub mod contract_delivery;
pub mod contract_delivery_lot;
pub mod contract_line;
pub mod contract_signature;
pub mod contract_supplier;
pub mod contract_version;
pub mod credential;
pub mod credential_status_event;
pub mod credential_status_list;
pub mod delivery;
pub mod document;
pub mod document_blob;
pub mod document_rendition;
pub mod document_use;
pub mod epcis_capture;
pub mod frozen_status;
pub mod gender_measure;
pub mod idempotency_record;
pub mod invitation;
pub mod invoice;
pub mod invoice_line;
pub mod listing;
pub mod listing_lot;
pub mod listing_version;
pub mod lot;
pub mod lot_edge;
pub mod lot_hold;
pub mod lot_reservation;
pub mod market_price;
pub mod membership;
pub mod notification;
pub mod notification_delivery;
pub mod notification_opt_out;
pub mod notification_preference;
pub mod ocds_release;
pub mod organization;
pub mod organization_registration;
pub mod outbox;
pub mod ownership_assessment;
pub mod ownership_declaration;
pub mod ownership_evidence;
pub mod ownership_review;
pub mod payment;
pub mod place;
pub mod place_alias;
pub mod platform_role;
pub mod plot;
<<<<<<< HEAD
pub mod procurement_event;
pub mod procurement_process;
pub mod procurement_request;
=======
pub mod price_import;
>>>>>>> prices
pub mod producer;
pub mod producer_confirmation;
pub mod producer_membership;
pub mod producer_message;
pub mod producer_payment;
pub mod product;
pub mod recall;
pub mod recall_lot;
pub mod reference_data;
pub mod reminder;
pub mod request_criterion;
pub mod request_invitation;
pub mod request_lot;
pub mod request_question;
pub mod request_version;
pub mod saved_search;
pub mod saved_search_match;
pub mod saved_search_term;
pub mod search_rebuild;
pub mod session;
pub mod signing_key;
pub mod stock_reservation;
pub mod trace_chain;
pub mod trace_checkpoint;
pub mod trace_event;
pub mod trace_event_epc;
pub mod trace_tile;
pub mod unit_conversion;
pub mod user_account;
