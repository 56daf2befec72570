use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::join_all;
use proptest::prelude::*;
use sea_orm::sqlx::types::Json;
use uuid::Uuid;

use rusqlite::types::ValueRef;

use super::*;
use crate::kernel::db::{Row, Trouble, trouble};

/// A statement that does not end by itself within the time of a test.
const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000) SELECT COUNT(*) FROM n";

struct File {
    readers: Readers,
    _folder: tempfile::TempDir,
}

fn file(count: usize, wait: Duration) -> File {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("some.sqlite");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL)").unwrap();
    let readers = Readers::open(&path, count, wait, &[("temp_store", "memory")]).unwrap();
    File { readers, _folder: folder }
}

const MUCH: Duration = Duration::from_secs(60);

async fn rows(readers: &Readers, text: &str, values: Vec<Value>) -> Result<Vec<Row>, DbErr> {
    Ok(readers.rows(text.to_owned(), values).await?.rows().map(Row::from).collect())
}

#[tokio::test]
async fn values_come_back_as_they_went() {
    let file = file(1, MUCH);
    let id = Uuid::from_u128(7);
    let at: DateTime<Utc> = "2026-11-27T08:09:10.123456Z".parse().unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 2, 28).unwrap();
    let json = serde_json::json!({ "ŋ": [1, null] });
    let values: Vec<Value> = vec![
        true.into(),
        (-3_i64).into(),
        5_i32.into(),
        0.5_f64.into(),
        "beurre de karité".into(),
        vec![0_u8, 255].into(),
        id.into(),
        day.into(),
        at.into(),
        json.clone().into(),
        None::<i64>.into(),
    ];
    // A parameter may stand anywhere, and more than once.
    let text = "SELECT $11, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $2";
    let rows = rows(&file.readers, text, values).await.unwrap();
    let row = &rows[0];
    assert_eq!(row.get::<Option<i64>>(0).unwrap(), None);
    assert!(row.get::<bool>(1).unwrap());
    assert_eq!(row.get::<i64>(2).unwrap(), -3);
    assert_eq!(row.get::<i32>(3).unwrap(), 5);
    assert!((row.get::<f64>(4).unwrap() - 0.5).abs() < f64::EPSILON);
    assert_eq!(row.get::<&str>(5).unwrap(), "beurre de karité");
    assert_eq!(row.get::<Vec<u8>>(6).unwrap(), [0, 255]);
    assert_eq!(row.get::<Uuid>(7).unwrap(), id);
    assert_eq!(row.get::<Option<NaiveDate>>(8).unwrap(), Some(day));
    assert_eq!(row.get::<DateTime<Utc>>(9).unwrap(), at);
    assert_eq!(row.get::<Json<serde_json::Value>>(10).unwrap().0, json);
    assert_eq!(row.after::<i64>("a, b, c, d, e, f, g, h, i, j, k").unwrap(), -3);
    for (position, told) in [(5, "a whole number is expected, and a text is there"), (12, "12")] {
        let error = row.get::<i64>(position).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[tokio::test]
async fn a_bare_parameter_is_the_next_and_a_missing_one_is_told() {
    let file = file(1, MUCH);
    let found = rows(&file.readers, "SELECT ?, ?", vec![1_i64.into(), 2_i64.into()]).await.unwrap();
    assert_eq!((found[0].get::<i64>(0).unwrap(), found[0].get::<i64>(1).unwrap()), (1, 2));
    let error = rows(&file.readers, "SELECT $1, $2", vec![1_i64.into()]).await.unwrap_err();
    assert!(error.to_string().contains("parameter 2"), "{error}");
}

#[tokio::test]
async fn errors_are_told_with_the_code_of_sqlite_and_nothing_is_written() {
    let file = file(1, MUCH);
    for (text, told, kind) in [
        ("SELECT missing", "no such column", Trouble::Broken),
        ("INSERT INTO thing (name) VALUES ('x')", "readonly", Trouble::Broken),
        ("SELECT CAST(x'ff' AS TEXT)", "utf-8", Trouble::Broken),
    ] {
        let error = rows(&file.readers, text, vec![]).await.unwrap_err();
        assert!(error.to_string().to_lowercase().contains(told), "{error}");
        assert_eq!(trouble(&error), kind, "{error}");
    }
    let found = rows(&file.readers, "SELECT COUNT(*) FROM thing", vec![]).await.unwrap();
    assert_eq!(found[0].get::<i64>(0).unwrap(), 0);
}

#[tokio::test]
async fn a_long_statement_holds_up_nobody_and_ends_with_whoever_asked() {
    let file = file(2, MUCH);
    let long = tokio::spawn({
        let readers = file.readers.clone();
        async move { rows(&readers, ENDLESS, vec![]).await.map(|rows| rows.len()) }
    });
    while file.readers.0.queue.state().awake == 0 {
        tokio::task::yield_now().await;
    }
    let short = (0..50_i64).map(|number| rows(&file.readers, "SELECT $1", vec![number.into()]));
    for (number, found) in (0..).zip(join_all(short).await) {
        assert_eq!(found.unwrap()[0].get::<i64>(0).unwrap(), number);
    }
    long.abort();
    assert!(long.await.unwrap_err().is_cancelled());
    while file.readers.0.queue.state().awake > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_gets_no_reader_in_time_is_told_to_come_back() {
    let file = file(1, Duration::from_millis(50));
    let long = tokio::spawn({
        let readers = file.readers.clone();
        async move { rows(&readers, ENDLESS, vec![]).await.map(|rows| rows.len()) }
    });
    while !file.readers.0.queue.state().jobs.is_empty() || file.readers.0.queue.state().awake == 0 {
        tokio::task::yield_now().await;
    }
    let error = rows(&file.readers, "SELECT 1", vec![]).await.unwrap_err();
    assert_eq!(trouble(&error), Trouble::Busy, "{error}");
    assert!(!long.is_finished(), "what has begun is waited for");
    long.abort();
    drop(long.await);
}

#[tokio::test]
async fn readers_end_and_then_refuse() {
    let file = file(3, MUCH);
    rows(&file.readers, "SELECT 1", vec![]).await.unwrap();
    file.readers.close().await;
    assert!(file.readers.0.running().is_empty());
    let error = rows(&file.readers, "SELECT 1", vec![]).await.unwrap_err();
    assert!(matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn texts_and_bytes_of_any_kind_keep_their_places(
        texts in prop::collection::vec(("\\PC{0,12}", prop::collection::vec(any::<u8>(), 0..12)), 0..20),
    ) {
        let mut cells = Cells::of(2);
        for (text, blob) in &texts {
            cells.push(ValueRef::Text(text.as_bytes())).unwrap();
            cells.push(ValueRef::Blob(blob)).unwrap();
        }
        let read: Vec<(String, Vec<u8>)> = cells
            .rows()
            .map(Row::from)
            .map(|row| (row.get(0).unwrap(), row.get(1).unwrap()))
            .collect();
        prop_assert_eq!(read, texts);
    }
}
