//! The entities say what the migrated tables say, on both databases: no column forgotten, none of another type.

use std::collections::{BTreeMap, BTreeSet};

use db_test::db_test;
use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DatabaseConnection, EntityName, EntityTrait, Iterable,
    PrimaryKeyToColumn, Statement,
};

use crate::harness::{Backend, TestDatabase};

/// Tables that belong to the migrator and have no entity.
const MIGRATOR_TABLES: [&str; 1] = ["seaql_migrations"];

/// What matters of a column to code that reads and writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    class: &'static str,
    nullable: bool,
    primary_key: bool,
}

type Table = BTreeMap<String, Column>;

/// Every entity's table, by its name.
fn entity_tables() -> BTreeMap<String, Table> {
    macro_rules! tables {
        ($($entity:ident),* $(,)?) => {
            BTreeMap::from([$((entity::$entity::Entity.table_name().to_owned(), table::<entity::$entity::Entity>())),*])
        };
    }
    tables![
        attempt,
        audit_chain,
        audit_entry,
        award,
        bid,
        bid_lot,
        bid_partner,
        bid_score,
        certificate,
        certificate_decision,
        certificate_group_member,
        certificate_organization,
        complaint,
        conflict_declaration,
        consent,
        contract,
        contract_delivery,
        contract_delivery_lot,
        contract_line,
        contract_signature,
        contract_supplier,
        contract_version,
        credential,
        credential_status_event,
        credential_status_list,
        delivery,
        document,
        document_blob,
        document_hold,
        document_rendition,
        document_use,
        epcis_capture,
        event,
        frozen_status,
        gender_measure,
        idempotency_record,
        inquiry,
        inquiry_block,
        inquiry_message,
        inquiry_report,
        invitation,
        invoice,
        invoice_line,
        listing,
        listing_lot,
        listing_version,
        lot,
        lot_edge,
        lot_hold,
        lot_reservation,
        market_price,
        membership,
        notification,
        notification_delivery,
        notification_opt_out,
        notification_preference,
        ocds_release,
        organization,
        organization_registration,
        outbox,
        ownership_assessment,
        ownership_declaration,
        ownership_evidence,
        ownership_review,
        payment,
        place,
        place_alias,
        platform_role,
        plot,
        procurement_event,
        procurement_process,
        procurement_request,
        price_import,
        producer,
        producer_confirmation,
        producer_membership,
        producer_message,
        producer_payment,
        product,
        recall,
        recall_lot,
        reference_data,
        reminder,
        request_criterion,
        request_invitation,
        request_lot,
        request_question,
        request_version,
        saved_search,
        saved_search_match,
        saved_search_term,
        search_rebuild,
        session,
        signing_key,
        stock_reservation,
        trace_chain,
        trace_checkpoint,
        trace_event,
        trace_event_epc,
        trace_tile,
        unit_conversion,
        user_account,
    ]
}

fn table<E: EntityTrait>() -> Table {
    use sea_orm::IdenStatic;
    let keys: BTreeSet<String> = E::PrimaryKey::iter().map(|key| key.into_column().as_str().to_owned()).collect();
    E::Column::iter()
        .map(|column| {
            let definition = column.def();
            let name = column.as_str().to_owned();
            let primary_key = keys.contains(&name);
            let class = class_of_entity_type(definition.get_column_type());
            (name, Column { class, nullable: definition.is_null(), primary_key })
        })
        .collect()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "sea-orm knows dozens of types; what is not listed is refused")]
fn class_of_entity_type(column_type: &ColumnType) -> &'static str {
    match column_type {
        ColumnType::Uuid => "uuid",
        ColumnType::Text => "text",
        ColumnType::BigInteger => "bigint",
        ColumnType::Integer => "integer",
        ColumnType::Double => "double",
        ColumnType::Boolean => "boolean",
        ColumnType::Blob => "bytes",
        ColumnType::JsonBinary => "json",
        ColumnType::Date => "date",
        ColumnType::TimestampWithTimeZone => "instant",
        other => panic!("{other:?} is a type that the two databases do not keep alike"),
    }
}

fn class_of_postgres_type(udt_name: &str) -> &'static str {
    match udt_name {
        "uuid" => "uuid",
        "text" => "text",
        "int8" => "bigint",
        "int4" => "integer",
        "float8" => "double",
        "bool" => "boolean",
        "bytea" => "bytes",
        "jsonb" => "json",
        "date" => "date",
        "timestamptz" => "instant",
        other => panic!("{other} is a type that no entity uses"),
    }
}

/// SQLite has one integer type; `bigint` and `integer` are told apart on PostgreSQL only.
fn class_of_sqlite_type(declared: &str) -> &'static str {
    match declared.to_lowercase().as_str() {
        "uuid_blob" => "uuid",
        "text" => "text",
        "integer" => "integer",
        "double" => "double",
        "boolean" => "boolean",
        "blob" => "bytes",
        "jsonb_text" => "json",
        "date_text" => "date",
        "timestamptz_text" => "instant",
        other => panic!("{other} is a type that no entity uses"),
    }
}

async fn migrated_tables(connection: &DatabaseConnection, backend: Backend) -> BTreeMap<String, Table> {
    let sql = match backend {
        Backend::Sqlite => {
            "SELECT t.name AS table_name, c.name AS column_name, c.type AS declared,
                    c.\"notnull\" = 0 AND c.pk = 0 AS nullable, c.pk > 0 AS primary_key
             FROM sqlite_master t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        }
        Backend::Postgres => {
            "SELECT c.table_name::text, c.column_name::text, c.udt_name::text AS declared,
                    c.is_nullable = 'YES' AS nullable,
                    EXISTS (SELECT FROM information_schema.table_constraints t
                            JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name)
                            WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_name = c.table_name
                              AND k.column_name = c.column_name) AS primary_key
             FROM information_schema.columns c WHERE c.table_schema = 'public'"
        }
    };
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let mut tables = BTreeMap::<String, Table>::new();
    for row in connection.query_all_raw(statement).await.unwrap() {
        let text = |column| row.try_get::<String>("", column).unwrap();
        let flag = |column| row.try_get::<bool>("", column).unwrap();
        if MIGRATOR_TABLES.contains(&text("table_name").as_str()) {
            continue;
        }
        let class = match backend {
            Backend::Sqlite => class_of_sqlite_type(&text("declared")),
            Backend::Postgres => class_of_postgres_type(&text("declared")),
        };
        let column = Column { class, nullable: flag("nullable"), primary_key: flag("primary_key") };
        tables.entry(text("table_name")).or_default().insert(text("column_name"), column);
    }
    tables
}

/// What the two disagree on, one line each.
fn differences(entities: &BTreeMap<String, Table>, migrated: &BTreeMap<String, Table>) -> Vec<String> {
    let columns = |tables: &BTreeMap<String, Table>| -> BTreeMap<String, Column> {
        let named = |(table, columns): (&String, &Table)| {
            columns.iter().map(|(name, column)| (format!("{table}.{name}"), column.clone())).collect::<Vec<_>>()
        };
        tables.iter().flat_map(named).collect()
    };
    let (entities, migrated) = (columns(entities), columns(migrated));
    let names: BTreeSet<&String> = entities.keys().chain(migrated.keys()).collect();
    names
        .into_iter()
        .filter(|&name| entities.get(name) != migrated.get(name))
        .map(|name| format!("{name}: the entity has {:?}, the table {:?}", entities.get(name), migrated.get(name)))
        .collect()
}

#[db_test]
async fn entities_and_migrated_tables_agree(database: TestDatabase) {
    let connection = database.connect().await;
    let migrated = migrated_tables(&connection, database.backend()).await;
    let mut entities = entity_tables();
    if database.backend() == Backend::Sqlite {
        let columns = entities.values_mut().flat_map(BTreeMap::values_mut);
        columns.filter(|column| column.class == "bigint").for_each(|column| column.class = "integer");
    }

    assert_eq!(differences(&entities, &migrated), Vec::<String>::new());
}

#[db_test]
async fn a_forgotten_a_retyped_and_a_surplus_column_are_noticed(database: TestDatabase) {
    let connection = database.connect().await;
    let before = migrated_tables(&connection, database.backend()).await;
    for change in [
        "ALTER TABLE product DROP COLUMN hs_code",
        "ALTER TABLE outbox DROP COLUMN reason",
        "ALTER TABLE outbox ADD COLUMN reason boolean",
        "ALTER TABLE place_alias ADD COLUMN note text",
    ] {
        connection.execute_unprepared(change).await.unwrap();
    }

    let after = migrated_tables(&connection, database.backend()).await;

    let noticed = differences(&before, &after);
    assert_eq!(noticed.len(), 3, "{noticed:#?}");
    assert!(noticed[0].starts_with("outbox.reason"), "{noticed:#?}");
    assert!(noticed[1].starts_with("place_alias.note"), "{noticed:#?}");
    assert!(noticed[2].starts_with("product.hs_code"), "{noticed:#?}");
}

#[db_test]
async fn every_foreign_key_can_be_followed_without_a_scan_or_is_never_followed(database: TestDatabase) {
    // Children are looked up by their parent all the time, and a parent's removal looks for its children.
    const NEVER_FOLLOWED: [(&str, &str); 21] = [
        ("certificate", "claimed_by"),
        ("certificate", "submitted_by"),
        ("certificate_decision", "decided_by"),
        ("credential", "kid"),
        ("invitation", "accepted_by"),
        ("invitation", "invited_by"),
        ("listing", "place_code"),
        ("listing_version", "changed_by"),
        ("organization", "place_code"),
        ("ownership_declaration", "declared_by"),
        ("ownership_evidence", "claimed_by"),
        ("ownership_evidence", "reviewer"),
        ("ownership_evidence", "submitted_by"),
        ("ownership_review", "reviewer"),
        ("platform_role", "granted_by"),
        ("producer", "village_code"),
        ("producer_confirmation", "producer_id"),
        ("producer_payment", "recorded_by"),
        ("stock_reservation", "created_by"),
        ("stock_reservation", "organization_id"),
        ("unit_conversion", "place_code"),
    ];
    let sql = match database.backend() {
        Backend::Sqlite => {
            "SELECT t.name AS table_name, f.\"from\" AS column_name
             FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f
             WHERE t.type = 'table' AND NOT EXISTS (
                 SELECT 1 FROM pragma_index_list(t.name) i JOIN pragma_index_info(i.name) k
                 WHERE k.seqno = 0 AND k.name = f.\"from\")"
        }
        Backend::Postgres => {
            "SELECT f.conrelid::regclass::text AS table_name, a.attname::text AS column_name
             FROM pg_constraint f JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
             WHERE f.contype = 'f' AND NOT EXISTS (
                 SELECT FROM pg_index i WHERE i.indrelid = f.conrelid AND i.indkey[0] = f.conkey[1])"
        }
    };
    let connection = database.connect().await;
    let statement = Statement::from_string(connection.get_database_backend(), sql);

    let unindexed = connection.query_all_raw(statement).await.unwrap();

    let surprising: Vec<(String, String)> = unindexed
        .iter()
        .map(|row| (row.try_get("", "table_name").unwrap(), row.try_get("", "column_name").unwrap()))
        .filter(|(table, column): &(String, String)| !NEVER_FOLLOWED.contains(&(table.as_str(), column.as_str())))
        .collect();
    assert_eq!(surprising, Vec::new());
}
