//! The house rules on who may know whom, so that nobody has to remember them.
//!
//! [`source`] parses every file of `src` and lists the paths it names, [`rules`] says which of them it may not name.
//! The rules are tested themselves: each is shown a planted violation and must object.

mod reached;
mod rules;
mod source;

use std::path::Path;

use self::{
    reached::unreached,
    rules::{Rule, violations},
    source::{Source, sources},
};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
}

#[test]
fn every_file_keeps_to_its_place() {
    let sources = sources(root());
    let found: Vec<String> = violations(&sources).iter().map(ToString::to_string).collect();

    assert!(sources.len() > 20, "only {} files were looked at", sources.len());
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_file_is_compiled() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (folder, begin) in [("src", &["lib.rs", "main.rs"][..]), ("tests/it", &["main.rs"])] {
        let found = unreached(&manifest.join(folder), begin);
        assert!(found.is_empty(), "no module names these, so nothing compiles them: {found:?}");
    }
}

#[test]
fn a_file_that_no_module_names_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("main.rs", "mod flat; mod deep; mod inner { mod inside; } // mod lost;");
    write("flat.rs", "#[cfg(test)] #[path = \"flat_tests.rs\"] mod tests; mod below;");
    for name in ["flat_tests.rs", "flat/below.rs", "deep/mod.rs", "inner/inside.rs", "lost.rs", "deep/lost.rs"] {
        write(name, "");
    }

    let found = unreached(folder.path(), &["main.rs"]);

    assert_eq!(found, ["deep/lost.rs", "lost.rs"].map(|name| folder.path().join(name)));
}

/// Checks one planted file beside the rooms' fronts it refers to.
fn check(path: &str, text: &str) -> Vec<Rule> {
    let fronts = [
        ("catalog/mod.rs", "mod model; mod store; pub mod graphql; pub use model::{Listing, price::Price};"),
        ("accounts/mod.rs", "mod model; pub mod policy; pub use model::Role; pub struct Actor;"),
    ];
    let mut sources: Vec<Source> = fronts.iter().map(|(path, text)| Source::parse(path, text)).collect();
    sources.retain(|source| source.path != path);
    sources.push(Source::parse(path, text));
    violations(&sources).into_iter().map(|violation| violation.rule).collect()
}

#[test]
fn planted_violations_are_found() {
    let planted = [
        (Rule::RoomOrder, "kernel/money.rs", "use crate::catalog::Listing;"),
        (Rule::RoomOrder, "kernel/db/mod.rs", "fn f() { crate::accounts::policy::allowed(); }"),
        (Rule::RoomOrder, "accounts/sign_up.rs", "use crate::directory::Directory;"),
        (Rule::RoomOrder, "directory/mod.rs", "use crate::{catalog::Catalog, kernel::Services};"),
        (Rule::RoomOrder, "catalog/publish_listing.rs", "type T = crate::certification::Certification;"),
        (Rule::RoomOrder, "certification/mod.rs", "use super::search::Search;"),
        (Rule::RoomOrder, "insight/report.rs", "fn f() -> Vec<crate::search::Hit> { vec![] }"),
        (Rule::RoomOrder, "search/mod.rs", "use crate::procurement::Request;"),
        (Rule::RoomOrder, "search/mod.rs", "use crate::alerts::Alerts;"),
        (Rule::RoomOrder, "notifications/tell.rs", "use crate::catalog::Listing;"),
        (Rule::RoomOrder, "certification/mod.rs", "use crate::alerts::Alerts;"),
        (Rule::RoomOrder, "catalog/mod.rs", "use crate::api::Schema;"),
        (Rule::RoomOrder, "directory/place.rs", "use crate::web::page;"),
        (Rule::RoomOrder, "accounts/mod.rs", "fn f() { let x = vec![crate::app::App::new()]; }"),
        (Rule::RoomOrder, "accounts/mod.rs", "mod inner { use super::super::config::Config; }"),
        (Rule::RoomOrder, "directory/graphql.rs", "use crate::catalog::Catalog;"),
        (Rule::GraphqlOnTop, "catalog/publish_listing.rs", "use super::graphql::ListingObject;"),
        (Rule::GraphqlOnTop, "catalog/model.rs", "use crate::catalog::graphql::ListingObject;"),
        (Rule::GraphqlOnTop, "catalog/store/listing.rs", "use crate::catalog::{graphql, model};"),
        (Rule::GraphqlOnTop, "insight/report.rs", "fn f(x: crate::catalog::graphql::Listing) {}"),
        (Rule::DatabaseInStores, "catalog/publish_listing.rs", "use sea_orm::EntityTrait;"),
        (Rule::DatabaseInStores, "catalog/graphql.rs", "use entity::listing;"),
        (Rule::DatabaseInStores, "api/health.rs", "fn f() { sea_orm::Statement::from_string(); }"),
        (Rule::DatabaseInStores, "catalog/model.rs", "use ::sea_orm as orm;"),
        (Rule::DatabaseInStores, "kernel/page.rs", "use sea_orm::Value;"),
        (Rule::DatabaseInStores, "catalog/store.rs", "use migration::Migrator;"),
        (Rule::DatabaseInStores, "insight/report.rs", "use sqlx::query;"),
        (Rule::GraphqlLibraryInGraphql, "catalog/publish_listing.rs", "use async_graphql::ID;"),
        (Rule::GraphqlLibraryInGraphql, "kernel/money.rs", "#[derive(async_graphql::SimpleObject)] struct Money;"),
        (Rule::GraphqlLibraryInGraphql, "catalog/model/listing.rs", "type Id = async_graphql::ID;"),
        (Rule::HttpInApi, "catalog/graphql.rs", "use axum::Json;"),
        (Rule::HttpInApi, "kernel/error.rs", "impl axum::response::IntoResponse for X { }"),
        (Rule::HttpInApi, "accounts/sign_in.rs", "use tower_http::cors;"),
        (Rule::PureModels, "catalog/model.rs", "use super::store;"),
        (Rule::PureModels, "catalog/model/listing.rs", "use crate::kernel::db::Database;"),
        (Rule::PureModels, "catalog/model/listing.rs", "use crate::kernel::Services;"),
        (Rule::PureModels, "catalog/model/listing.rs", "use crate::kernel::clock::Clock;"),
        (Rule::PureModels, "catalog/model/listing.rs", "use crate::kernel::{clock::SystemClock, money::Money};"),
        (Rule::PureModels, "catalog/model/listing.rs", "fn f() { crate::kernel::outbox::append(); }"),
        (Rule::PureModels, "catalog/model/listing.rs", "use crate::accounts::Actor;"),
        (Rule::PureModels, "catalog/model/listing.rs", "use crate::catalog::PublishListing;"),
        (Rule::PureModels, "catalog/model/listing.rs", "fn f() { std::fs::read(\"x\"); }"),
        (Rule::PureModels, "catalog/model/listing.rs", "use tokio::sync::Mutex;"),
        (Rule::PureModels, "catalog/model.rs", "async fn rule() {}"),
        (Rule::StoresBelowUseCases, "catalog/store.rs", "use super::publish_listing::PublishListing;"),
        (Rule::StoresBelowUseCases, "catalog/store/listing.rs", "use crate::accounts::policy;"),
        (Rule::AmbientInKernel, "catalog/publish_listing.rs", "fn f() { chrono::Utc::now(); }"),
        (Rule::AmbientInKernel, "api/http/mod.rs", "fn f() { let id = Uuid::now_v7(); }"),
        (Rule::AmbientInKernel, "accounts/token.rs", "fn f() { let x = map(rand::rng); }"),
        (Rule::AmbientInKernel, "accounts/token.rs", "fn f() { SystemTime::now(); }"),
        (Rule::AmbientInKernel, "accounts/token.rs", "fn f() { assert_eq!(uuid::Uuid::new_v4(), id); }"),
        (Rule::AmbientInKernel, "accounts/token.rs", "use rand::random;"),
    ];
    for (rule, path, text) in planted {
        assert_eq!(check(path, text), [rule], "{path}: {text}");
    }
}

#[test]
fn a_file_that_outgrew_its_meaning_is_found() {
    let long = "// a line\n".repeat(rules::LINES_MAX + 1);

    assert_eq!(check("catalog/store.rs", &long), [Rule::OneMeaningAFile]);
    assert_eq!(check("catalog/store.rs", &long[10..]), []);
}

#[test]
fn what_the_rules_allow_is_left_alone() {
    let allowed = [
        ("kernel/db/mod.rs", "use sea_orm::Database; use migration::Migrator; use super::clock::Clock;"),
        ("kernel/graphql/money.rs", "use async_graphql::SimpleObject; use crate::kernel::money::Money;"),
        ("kernel/clock.rs", "fn f() { chrono::Utc::now(); }"),
        (
            "catalog/store.rs",
            "use entity::listing; use sea_orm::EntityTrait; use super::{Listing, model::price::Price};",
        ),
        (
            "catalog/store/listing.rs",
            "use super::super::model::Listing; use crate::{accounts::Role, kernel::db::WriteTx};",
        ),
        ("catalog/model.rs", "use crate::kernel::{clock::Timestamp, money::Money, UserError}; use std::fmt;"),
        ("catalog/model/listing.rs", "use super::price::Price; use crate::{accounts::model::Role, catalog::Listing};"),
        ("traceability/model.rs", "use crate::catalog::{Listing, Price};"),
        ("catalog/publish_listing.rs", "use super::{store, model::Listing}; use crate::accounts::{Actor, policy};"),
        ("catalog/graphql.rs", "use async_graphql::Object; use super::publish_listing::PublishListing;"),
        ("directory/graphql/organization.rs", "use crate::catalog::graphql::ListingConnection;"),
        ("procurement/publish_request.rs", "use crate::notifications::{Notice, Notifications};"),
        ("alerts/percolate.rs", "use crate::{catalog::Listing, notifications::Notice, search::Search};"),
        ("notifications/graphql/object.rs", "use crate::{alerts::graphql as alerts, catalog::graphql as catalog};"),
        ("search/mod.rs", "use crate::{catalog::Listing, certification::Certificate, directory::Directory};"),
        ("api/schema.rs", "use crate::{app::App, catalog::graphql::Query, web}; use axum::Router;"),
        ("catalog/model.rs", "use std::net::IpAddr; use crate::{define_id, kernel::telemetry::RequestId};"),
        ("catalog/model/price_tests.rs", "fn f() { std::fs::read(\"x\"); }"),
        ("catalog/model/price.rs", "#[cfg(test)] mod tests { use crate::kernel::clock::ManualClock; }"),
        ("app.rs", "use crate::{api, catalog::Catalog, search::Search};"),
        ("catalog/publish_listing.rs", "// use sea_orm::EntityTrait;\nconst S: &str = \"async_graphql::ID\";"),
    ];
    for (path, text) in allowed {
        assert_eq!(check(path, text), [], "{path}: {text}");
    }
}
