//! Chains of events that are written past the application, sealed as the room seals them.

use bfw::{accounts::OrganizationId, kernel::clock::Timestamp};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value as SqlValue};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::harness::TestApp;

/// An event as it was written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) id: Uuid,
    pub(super) sequence: i64,
    pub(super) body: String,
    pub(super) seal: Vec<u8>,
}

/// Runs a statement with values on a connection beside the application's.
pub(super) async fn execute(connection: &DatabaseConnection, text: &str, values: Vec<SqlValue>) -> u64 {
    try_execute(connection, text, values).await.unwrap()
}

/// The same for one that may be refused.
pub(super) async fn try_execute(
    connection: &DatabaseConnection,
    text: &str,
    values: Vec<SqlValue>,
) -> Result<u64, sea_orm::DbErr> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), text, values);
    connection.execute_raw(statement).await.map(|result| result.rows_affected())
}

/// Seals a body to what went before it.
pub(super) fn seal(previous: &[u8], body: &str) -> Vec<u8> {
    Sha256::new_with_prefix(previous).chain_update(body).finalize().to_vec()
}

/// The organization's id as tables have it.
pub(super) fn uuid(organization: &str) -> Uuid {
    organization.parse::<OrganizationId>().unwrap().uuid()
}

/// Adds inspections to an organization's chain that follow from `before`, and moves its head on; gives what it added.
pub(super) async fn add(app: &TestApp, organization: Uuid, before: &[Written], count: usize) -> Vec<Written> {
    let connection = app.database.connect().await;
    let begin: Timestamp = "2026-10-01T06:00:00Z".parse().unwrap();
    let (mut sequence, mut previous) =
        before.last().map_or((0, vec![0; 32]), |last| (last.sequence, last.seal.clone()));
    let mut added = Vec::new();
    execute(&connection, "BEGIN", vec![]).await;
    for _ in 0..count {
        sequence += 1;
        let id = Uuid::from_u128(organization.as_u128() ^ (u128::from(sequence.unsigned_abs()) << 8));
        let at = begin + TimeDelta::seconds(sequence);
        let event = json!({
            "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "note": "Séché au soleil — «sec»",
            "eventID": format!("urn:uuid:{id}"), "eventTime": at.to_rfc3339(), "eventTimeZoneOffset": "+00:00",
            "recordTime": at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        });
        let body = serde_json_canonicalizer::to_string(&event).unwrap();
        let seal = seal(&previous, &body);
        let values: Vec<SqlValue> = vec![
            id.into(),
            organization.into(),
            sequence.into(),
            at.into(),
            body.as_str().into(),
            Sha256::digest(&body).to_vec().into(),
            seal.clone().into(),
        ];
        let insert = "INSERT INTO trace_event (id, organization_id, sequence, kind, event_time, recorded_at, body, event_hash, hash,
                      event_uri, event_type, declares_error)
                      VALUES ($1, $2, $3, 'INSPECTION', $4, $4, $5, $6, $7, '', '', false)";
        execute(&connection, insert, values).await;
        previous.clone_from(&seal);
        added.push(Written { id, sequence, body, seal });
    }
    let head = "INSERT INTO trace_chain (organization_id, head_sequence, head_hash) VALUES ($1, $2, $3)
                ON CONFLICT (organization_id) DO UPDATE SET head_sequence = excluded.head_sequence, head_hash = excluded.head_hash";
    execute(&connection, head, vec![organization.into(), sequence.into(), previous.into()]).await;
    execute(&connection, "COMMIT", vec![]).await;
    connection.close().await.unwrap();
    added
}

/// Takes away what keeps events from being changed: the first thing that somebody does who has the database in hand.
pub(super) async fn drop_guards(app: &TestApp) -> DatabaseConnection {
    let connection = app.database.connect().await;
    for table in ["trace_event", "trace_event_epc", "trace_checkpoint"] {
        let names = match app.database.backend() {
            crate::harness::Backend::Sqlite => ["no_update", "no_delete"],
            crate::harness::Backend::Postgres => ["append_only", "no_truncate"],
        };
        for name in names {
            let on = match app.database.backend() {
                crate::harness::Backend::Sqlite => String::new(),
                crate::harness::Backend::Postgres => format!(" ON {table}"),
            };
            execute(&connection, &format!("DROP TRIGGER {table}_{name}{on}"), vec![]).await;
        }
    }
    connection
}

/// The number that a statement gives.
pub(super) async fn number(connection: &DatabaseConnection, text: &str) -> i64 {
    let statement = Statement::from_string(connection.get_database_backend(), text);
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}
