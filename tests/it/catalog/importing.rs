//! Files of listings.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use bfw::{
    accounts::Actor,
    catalog::{ImportListings, ImportReport, ImportedRow, RowOutcome},
    kernel::{ErrorCode, Failure, locale::Locale},
};
use db_test::db_test;
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use serde_json::json;

use super::room::{Room, Who};
use crate::attack::bytes::{changed, changes};

/// A file of rejects that a test can read.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

struct Import {
    report: ImportReport,
    rows: Vec<ImportedRow>,
    rejects: String,
}

impl Import {
    /// Created, updated, unchanged, rejected.
    fn counts(&self) -> (u64, u64, u64, u64) {
        let ImportReport { rows, created, updated, unchanged, rejected } = self.report;
        assert_eq!((rows, rows), (created + updated + unchanged + rejected, self.rows.len() as u64));
        (created, updated, unchanged, rejected)
    }

    fn problems(&self) -> Vec<String> {
        let of_row = |row: &ImportedRow| match &row.outcome {
            RowOutcome::Rejected(problems) => problems
                .iter()
                .map(|problem| {
                    let column = problem.column.as_deref().unwrap_or("-");
                    format!("{} {} {}", row.line, column, problem.code.wire())
                })
                .collect(),
            RowOutcome::Created(_)
            | RowOutcome::Updated(_)
            | RowOutcome::Unchanged(_)
            | RowOutcome::WouldCreate
            | RowOutcome::WouldUpdate(_)
            | RowOutcome::WouldLeave => Vec::new(),
        };
        self.rows.iter().flat_map(of_row).collect()
    }
}

async fn import_by(room: &Room, actor: &Actor, file: &[u8], dry_run: bool, publish: bool) -> Result<Import, Failure> {
    let paper = Paper::default();
    let rejects: Option<Box<dyn Write + Send>> = Some(Box::new(paper.clone()));
    let command =
        ImportListings { organization: room.seller, dry_run, publish, language: actor.request.locale, rejects };
    let mut rows = Vec::new();
    let report = room.catalog.import_listings(actor, command, file, |row| rows.push(row.clone())).await?;
    Ok(Import { report, rows, rejects: paper.text() })
}

async fn import(room: &Room, file: &str) -> Import {
    import_by(room, &Actor::system("import"), file.as_bytes(), false, false).await.unwrap()
}

const FILE: &str = "\u{feff}Référence;Produit;Titre;Prix;Unité du prix;Quantité;Unité;Lieu;Disponible jusqu'au\r\n\
    B-1;beurre de karité;Beurre brut;1 250;kg;400;kg;Ségou;31/12/2026\r\n\
    B-2;mil;Mil de Koro;4 250;tine;12,5;tine;Mopti;\r\n\
    B-3;échalote séchée;\"Échalotes; lavées\";2500;kg;80;kg;Bandiagara;2027-01-31\r\n";

#[db_test]
async fn a_spreadsheet_lands_and_twice_changes_nothing(room: Room) {
    let first = import(&room, FILE).await;
    assert_eq!(first.problems(), Vec::<String>::new());
    assert_eq!(first.counts(), (3, 0, 0, 0));
    assert_eq!(first.rejects, "");
    assert_eq!(room.number("SELECT COUNT(*) FROM listing WHERE status = 'DRAFT'").await, 3);
    assert_eq!(room.number("SELECT price_per_kilogram FROM listing WHERE reference = 'B-2'").await, 250_000);
    assert_eq!(room.number("SELECT quantity FROM listing WHERE reference = 'B-2'").await, 12_500);

    let again = import(&room, FILE).await;
    assert_eq!(again.counts(), (0, 0, 3, 0));
    assert_eq!(room.number("SELECT COUNT(*) FROM listing_version").await, 3);
    assert_eq!(room.number("SELECT COUNT(*) FROM audit_entry").await, 3);
}

#[db_test]
async fn of_bytes_that_nobody_would_write_every_row_is_told_of_and_none_breaks_the_import(room: Room) {
    let mut runner = TestRunner::deterministic();
    let (mut files, mut good, mut bad) = (0, 0, 0);
    for case in 0..300 {
        let bytes = changed(FILE.as_bytes(), &changes().new_tree(&mut runner).unwrap().current());
        // Every other file is only tried.
        let dry_run = case % 2 == 0;
        let before = room.number("SELECT COUNT(*) FROM listing").await;
        match import_by(&room, &Actor::system("import"), &bytes, dry_run, false).await {
            Ok(imported) => {
                let (created, updated, unchanged, rejected) = imported.counts();
                let kept = if dry_run { 0 } else { i64::try_from(created).unwrap() };
                assert_eq!(room.number("SELECT COUNT(*) FROM listing").await, before + kept, "{bytes:?}");
                (files, good, bad) = (files + 1, good + created + updated + unchanged, bad + rejected);
            }
            Err(Failure::Rejected(errors)) => {
                assert!(!errors.is_empty());
                assert_eq!(room.number("SELECT COUNT(*) FROM listing").await, before, "{bytes:?}");
            }
            Err(Failure::Fault(fault)) => panic!("{fault}: {bytes:?}"),
        }
    }
    assert!(files > 50 && good > 50 && bad > 50, "{files} files, {good} good rows and {bad} bad ones");
}

#[db_test]
async fn a_changed_row_changes_its_listing_and_no_other(room: Room) {
    import(&room, FILE).await;
    let changed = import(&room, &FILE.replace("1 250", "1 300")).await;
    assert_eq!(changed.counts(), (0, 1, 2, 0));
    assert_eq!(room.number("SELECT price_minor FROM listing WHERE reference = 'B-1'").await, 1_300);
    assert_eq!(room.number("SELECT version FROM listing WHERE reference = 'B-1'").await, 2);
}

#[db_test]
async fn what_was_edited_by_hand_stays_until_its_row_says_something_new(room: Room) {
    let imported = import(&room, FILE).await;
    let RowOutcome::Created(id) = imported.rows[0].outcome else { panic!("{:?}", imported.rows[0]) };
    room.mutate(Who::Seller, "updateListing", json!({ "listingId": id.to_string(), "title": "À la main" })).await;
    assert_eq!(import(&room, FILE).await.counts(), (0, 0, 3, 0));
    assert_eq!(room.number("SELECT COUNT(*) FROM listing WHERE title = 'À la main'").await, 1);
}

#[db_test]
async fn good_rows_land_and_bad_rows_are_set_aside_to_be_mended(room: Room) {
    let file = "reference,product,title,price,quantity,unit,place,measurements\n\
                G-1,shea-butter,Good one,1250,10,KGM,segou,\n\
                W-1,shea-buter,,-5,ten,KGM,atlantis,colour=1\n\
                W-2,millet,Too few\n\
                G-1,millet,Same number,200,10,KGM,segou,\n\
                G-2,millet,Another good one,200,10,KGM,segou,moisture=11.5\n";
    let mut actor = Actor::system("import");
    actor.request.locale = Locale::En;
    let imported = import_by(&room, &actor, file.as_bytes(), false, false).await.unwrap();
    assert_eq!(imported.counts(), (2, 0, 0, 3));
    assert_eq!(
        imported.problems(),
        [
            "3 product UNKNOWN_PRODUCT",
            "3 title REQUIRED",
            "3 quantity MALFORMED_NUMBER",
            "3 price OUT_OF_RANGE",
            "3 place UNKNOWN_PLACE",
            "4 - WRONG_COLUMN_COUNT",
            "5 reference DUPLICATE_REFERENCE",
        ]
    );
    let rejects: Vec<&str> = imported.rejects.lines().collect();
    assert_eq!(rejects[0], "reference,product,title,price,quantity,unit,place,measurements,error");
    assert!(rejects[1].starts_with("W-1,shea-buter,,-5,ten,KGM,atlantis,colour=1,"), "{}", rejects[1]);
    assert!(rejects[1].contains("shea-butter"), "the message suggests what was meant: {}", rejects[1]);
    assert_eq!(rejects.len(), 4);

    // Mended with the error column left in place, it is imported as it is.
    let mended = "reference,product,title,price,quantity,unit,place,measurements,error\n\
                  W-1,shea-butter,Mended,5,10,KGM,segou,,some message\n\
                  G-3,millet,Same number,200,10,KGM,segou,,another\n";
    assert_eq!(import(&room, mended).await.counts(), (2, 0, 0, 0));
}

#[db_test]
async fn a_dry_run_says_the_same_and_writes_nothing(room: Room) {
    import(&room, &FILE.lines().take(2).collect::<Vec<_>>().join("\n")).await;
    let file = format!("{}B-4;mil;;;;;;;\r\n", FILE.replace("1 250", "1 300"));
    let actor = Actor::system("import");
    let dry = import_by(&room, &actor, file.as_bytes(), true, false).await.unwrap();
    assert_eq!(dry.counts(), (2, 1, 0, 1));
    assert!(dry.rejects.contains("B-4"));
    assert_eq!(room.number("SELECT COUNT(*) FROM listing").await, 1);
    assert_eq!(room.number("SELECT COUNT(*) FROM listing_version").await, 1);
    let wet = import_by(&room, &actor, file.as_bytes(), false, false).await.unwrap();
    assert_eq!(wet.counts(), dry.counts());
    assert_eq!(wet.problems(), dry.problems());
}

#[db_test]
async fn publishing_on_import_takes_whole_rows_only(room: Room) {
    let file =
        "reference,product,title,price,quantity,place\nP-1,mil,Mil,250,100,segou\nP-2,mil,Sans prix,,100,segou\n";
    let actor = Actor::system("import");
    let imported = import_by(&room, &actor, file.as_bytes(), false, true).await.unwrap();
    assert_eq!(imported.counts(), (1, 0, 0, 1));
    assert_eq!(imported.problems(), ["3 price MISSING_FOR_PUBLICATION"]);
    assert_eq!(room.number("SELECT COUNT(*) FROM listing WHERE status = 'PUBLISHED'").await, 1);
    assert_eq!(room.number("SELECT COUNT(*) FROM listing").await, 1);

    // First as a draft, then published by the same file, then nothing more to do.
    assert_eq!(
        import(&room, "product,title,price,quantity,place\nmil,Autre,250,100,segou\n").await.counts(),
        (1, 0, 0, 0)
    );
    let publish = "product,title,price,quantity,place\nmil,Autre,250,100,segou\n".as_bytes();
    assert_eq!(import_by(&room, &actor, publish, false, true).await.unwrap().counts(), (0, 1, 0, 0));
    assert_eq!(import_by(&room, &actor, publish, false, true).await.unwrap().counts(), (0, 0, 1, 0));
}

#[db_test]
async fn a_file_in_another_encoding_is_told_as_such(room: Room) {
    let actor = Actor::system("import");
    let codes = |failure: Failure| match failure {
        Failure::Rejected(errors) => errors.iter().map(|error| error.code).collect::<Vec<_>>(),
        Failure::Fault(fault) => panic!("{fault}"),
    };
    let windows = b"r\xe9f\xe9rence;produit;titre\nA;mil;Mil\n";
    let refused = import_by(&room, &actor, windows, false, false).await.err().unwrap();
    assert_eq!(codes(refused), [ErrorCode::NotUtf8]);

    let in_a_row = b"reference;produit;titre\nA;mil;Mil\nB;mil;\xc9pi de mil\n";
    let imported = import_by(&room, &actor, in_a_row, false, false).await.unwrap();
    assert_eq!((imported.counts(), imported.problems()), ((1, 0, 0, 1), vec!["3 titre NOT_UTF8".to_owned()]));

    let refused = import_by(&room, &actor, b"reference;colour\n", false, false).await.err().unwrap();
    assert_eq!(codes(refused), [ErrorCode::UnknownColumn, ErrorCode::MissingColumn, ErrorCode::MissingColumn]);
    let refused = import_by(&room, &room.actor(Who::Buyer), FILE.as_bytes(), false, false).await.err().unwrap();
    assert_eq!(codes(refused), [ErrorCode::Forbidden]);
}

#[db_test]
async fn an_archived_listing_is_not_brought_back_by_its_row(room: Room) {
    let imported = import(&room, FILE).await;
    let RowOutcome::Created(id) = imported.rows[0].outcome else { panic!("{:?}", imported.rows[0]) };
    room.mutate(Who::Seller, "archiveListing", json!({ "listingId": id.to_string() })).await;
    assert_eq!(import(&room, FILE).await.counts(), (0, 0, 3, 0));
    let changed = import(&room, &FILE.replace("1 250", "1 300")).await;
    assert_eq!((changed.counts(), changed.problems().len()), ((0, 0, 2, 1), 1));
}

#[db_test]
async fn a_row_that_says_what_stands_already_is_known_from_then_on(room: Room) {
    // given a listing that the seller typed as its row has it
    let imported = import(&room, FILE).await;
    let RowOutcome::Created(id) = imported.rows[0].outcome else { panic!("{:?}", imported.rows[0]) };
    let edit = async |title: &str| {
        room.mutate(Who::Seller, "updateListing", json!({ "listingId": id.to_string(), "title": title })).await;
    };
    edit("Beurre lavé").await;
    let changed = FILE.replace("Beurre brut", "Beurre lavé");
    assert_eq!(import(&room, &changed).await.counts(), (0, 0, 3, 0));

    // when she changes it by hand, and the same file comes again
    edit("Beurre lavé, premier choix").await;
    let again = import(&room, &changed).await;

    // then it stays as she changed it
    assert_eq!(again.counts(), (0, 0, 3, 0));
    assert_eq!(room.number("SELECT COUNT(*) FROM listing WHERE title = 'Beurre lavé, premier choix'").await, 1);
}

#[db_test]
async fn a_dry_run_foresees_what_the_same_row_twice_comes_to(room: Room) {
    let header = "produit;titre;prix;unité du prix;quantité;unité;lieu\n";
    let row = "mil;Mil de Koro;4250;tine;12,5;tine;Mopti\n";
    let file = format!("{header}{row}{row}");
    let actor = Actor::system("import");
    let dry = import_by(&room, &actor, file.as_bytes(), true, false).await.unwrap();
    let real = import_by(&room, &actor, file.as_bytes(), false, false).await.unwrap();
    let dry_again = import_by(&room, &actor, file.as_bytes(), true, false).await.unwrap();
    assert_eq!((dry.counts(), real.counts(), dry_again.counts()), ((1, 0, 1, 0), (1, 0, 1, 0), (0, 0, 2, 0)));
}

#[db_test]
async fn two_imports_of_one_file_at_once_make_each_listing_once(room: Room) {
    let both = futures_util::future::join_all((0..4).map(|_| import(&room, FILE))).await;
    let created: u64 = both.iter().map(|import| import.report.created).sum();
    let unchanged: u64 = both.iter().map(|import| import.report.unchanged).sum();
    assert_eq!((created, unchanged), (3, 9));
}

#[db_test]
async fn bad_rows_are_told_of_in_the_language_that_is_asked_for(room: Room) {
    let file = "produit;titre;langue\nrien de tel;Rien;\n";
    let mut told = Vec::new();
    for language in [Locale::En, Locale::Fr] {
        let command =
            ImportListings { organization: room.seller, dry_run: true, publish: false, language, rejects: None };
        let on_row = |row: &ImportedRow| {
            let RowOutcome::Rejected(problems) = &row.outcome else { panic!("{row:?}") };
            told.push(problems[0].message.clone());
        };
        room.catalog.import_listings(&Actor::system("import"), command, file.as_bytes(), on_row).await.unwrap();
    }
    assert_ne!(told[0], told[1]);
}
