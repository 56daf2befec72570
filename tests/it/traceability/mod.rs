//! Producers, lots and what happened to them, as those who work with them see it.

mod chain;
mod confirming;
mod epcis;
mod events;
mod lots;
mod memberships;
mod page;
mod plots;
mod producers;
mod proofs;
mod rows;
mod sealed;

use bfw::{
    accounts::OrganizationId,
    kernel::clock::Clock as _,
    traceability::{EventId, ProducerId},
};
use sea_orm::{ConnectionTrait, Statement, Value as SqlValue};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::TestApp;

const ADD: &str = "mutation($input: AddProducerInput!) { addProducer(input: $input) {
    producer { id code name gender birthYear phone village { code } pseudonym nameIsPublic version
        plots { id name hectares } memberships { id validFrom } }
    userErrors { code message path } } }";

const ENROL: &str = "mutation($input: EnrolProducerInput!) { enrolProducer(input: $input) {
    membership { id scheme { code } validFrom validUntil producer { id } } userErrors { code message path } } }";

/// Values that take the place of those of an input.
fn with(mut input: Value, changes: Value) -> Value {
    for (field, value) in changes.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

/// A cooperative's owner and its id.
async fn cooperative(app: &TestApp, email: &str) -> (String, String) {
    let owner = app.sign_up(email).await;
    let organization = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    (owner, organization)
}

/// Somebody who joins an organization in a role, as her token.
async fn member(app: &TestApp, owner: &str, organization: &str, role: &str) -> String {
    let email = format!("{}@exemple.ml", role.to_lowercase());
    let token = app.sign_up(&email).await;
    let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { code
        userErrors { code message path } } }";
    let input = json!({ "organizationId": organization, "identifier": email, "role": role });
    let code = app.expect_payload(Some(owner), invite, input).await["code"].clone();
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { membership { role }
        userErrors { code message path } } }";
    app.expect_payload(Some(&token), accept, json!({ "code": code })).await;
    token
}

/// Records a producer, with changes, and gives her.
async fn add(app: &TestApp, owner: &str, organization: &str, changes: Value) -> Value {
    let input = with(json!({ "organizationId": organization, "name": "Awa Diarra", "gender": "FEMALE" }), changes);
    app.expect_payload(Some(owner), ADD, input).await["producer"].take()
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// A delivery of a producer, written past the application, and the id of its event.
async fn delivered(app: &TestApp, organization: &str, producer: &str, kilograms: i64) -> String {
    let (organization, producer): (OrganizationId, ProducerId) =
        (organization.parse().unwrap(), producer.parse().unwrap());
    let (event, lot) = (app.app.services.ids.next_uuid(), app.app.services.ids.next_uuid());
    let now = app.clock.now();
    let connection = app.database.connect().await;
    let run = async |text: &str, values: Vec<SqlValue>| {
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), text, values);
        connection.execute_raw(statement).await.unwrap();
    };
    let head = "INSERT INTO trace_chain (organization_id, head_sequence, head_hash) VALUES ($1, 1, $2)
                ON CONFLICT (organization_id) DO UPDATE SET head_sequence = trace_chain.head_sequence + 1";
    run(head, vec![organization.uuid().into(), vec![0_u8; 32].into()]).await;
    let text = "INSERT INTO trace_event (id, organization_id, sequence, kind, event_time, recorded_at, body, event_hash, hash,
                event_uri, event_type, declares_error)
                SELECT $1, $2, head_sequence, 'DELIVERY', $3, $3, '{}', $4, $4, '', '', false FROM trace_chain WHERE organization_id = $2";
    let hash: SqlValue = event.as_bytes().repeat(2).into();
    run(text, vec![event.into(), organization.uuid().into(), now.into(), hash]).await;
    let text = "INSERT INTO lot (id, code, product_code, organization_id, maker_id, grams, left_grams, reserved_grams, custody,
                status, holds, waived, made_by, made_at, touched_at, created_at)
                VALUES ($1, $2, 'shea-butter', $3, $3, $4, $4, 0, 'SEGREGATED', 'AVAILABLE', 0, false, $5, $6, $6, $6)";
    let values = vec![
        lot.into(),
        lot.to_string().into(),
        organization.uuid().into(),
        (kilograms * 1_000).into(),
        event.into(),
        now.into(),
    ];
    run(text, values).await;
    let text = "INSERT INTO delivery (event_id, lot_id, producer_id, grams, quantity, unit) VALUES ($1, $2, $3, $4, $4, 'KGM')";
    let grams: SqlValue = (kilograms * 1_000).into();
    run(text, vec![event.into(), lot.into(), producer.uuid().into(), grams]).await;
    EventId::from_uuid(event).to_string()
}

/// An event of another that declares it an error, written past the application.
async fn corrected(app: &TestApp, organization: &str, event: &str) {
    let (organization, event): (OrganizationId, EventId) = (organization.parse().unwrap(), event.parse().unwrap());
    let correction: Uuid = app.app.services.ids.next_uuid();
    let connection = app.database.connect().await;
    let text = "INSERT INTO trace_event (id, organization_id, sequence, kind, event_time, recorded_at, body, event_hash, corrects,
                hash, event_uri, event_type, declares_error)
                VALUES ($1, $2, 1000, 'CORRECTION', $3, $3, '{}', $4, $5, $4, '', '', true)";
    let hash: SqlValue = correction.as_bytes().repeat(2).into();
    let values = [correction.into(), organization.uuid().into(), app.clock.now().into(), hash, event.uuid().into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), text, values);
    connection.execute_raw(statement).await.unwrap();
}

/// Every value of a table as one text, for looking whether something is kept.
async fn kept(app: &TestApp, columns: &str, table: &str) -> String {
    let connection = app.database.connect().await;
    let text = format!("SELECT {columns} FROM {table}");
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), text)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap() + "\n").collect()
}
