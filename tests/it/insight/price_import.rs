//! Files of market prices.

use bfw::{
    accounts::{Actor, Principal, UserId},
    insight::model::{
        price_check::Refusal as R,
        price_layout::Layout,
        price_market::Note,
    },
    kernel::{ErrorCode, Failure},
};
use db_test::db_test;
use uuid::Uuid;

use super::prices::{MONTHLY, import, import_by, number, series};
use crate::harness::{app::TestApp, foreign_file};

const TODAY: &str = "date,admin1,admin2,market,market_id,latitude,longitude,category,commodity,commodity_id,unit,\
    priceflag,pricetype,currency,price,usdprice\n\
    #date,#adm1+name,#adm2+name,#loc+market+name,,#geo+lat,#geo+lon,#item+type,#item+name,,#item+unit,,,#currency,#value,#value+usd\n";

#[db_test]
async fn good_rows_land_and_each_other_row_is_told_with_its_reasons(app: TestApp) {
    // Given a file of today's form in which all sorts of things are wrong
    let file = format!(
        "{TODAY}\
        2026-09-15,Ségou,Ségou,Ségou Centre,1,13.44,-6.24,cereals,Millet,73,KG,actual,Retail,XOF,220,0.4\n\
        2026-09-15,Ségou,Ségou,Ségou Centre,1,13.44,-6.24,cereals,Millet,73,100 KG,actual,Wholesale,XOF,19500,0.4\n\
        2026-09-15,Ségou,Ségou,Ségou Centre,1,13.44,-6.24,cereals,Wheat flour,58,KG,actual,Retail,XOF,400,0.4\n\
        2026-09-15,Ségou,Ségou,Ségou Centre,1,13.44,-6.24,cereals,Rice (imported),64,KG,actual,Retail,XOF,400,0.4\n\
        2026-09-15,Ségou,Ségou,Ségou Centre,1,13.44,-6.24,cereals,Millet,73,Head,actual,Auction,CFA,x,0.4\n\
        2026-09-15,Ségou,Ségou,Ségou Centre,1,13.44,-6.24,cereals,Millet,73,KG,actual,Retail,XOF,220,0.4\n\
        2026-09-15,Ségou,Ségou,Segou centre,1,13.44,-6.24,cereals,millet,73,kg,actual,retail,XOF,230,0.4\n\
        2026-12-15,Ségou,Ségou,Ségou Centre,1,13.44,-6.24,cereals,Millet,73,KG,forecast,Retail,XOF,220,0.4\n\
        2026-09-15,Ségou,too,few\n\
        2026-09-15,,,National Average,1,,,cereals,Millet,73,KG,actual,Retail,XOF,220,0.4\n"
    );

    // When it is brought in
    let imported = import(&app, &file).await;

    // Then the tags are no row, good rows are there, and nothing is passed over in silence
    assert_eq!(imported.report.layout, Layout::Hdx);
    assert_eq!(imported.counts(), (2, 0, 0, 8));
    assert_eq!(imported.lines.first(), Some(&3));
    let refused = [
        (5, vec![R::UnknownCommodity]),
        (6, vec![R::NotInCatalogue]),
        (7, vec![R::UnknownPriceType, R::UnknownCurrency, R::InvalidPrice, R::UnknownUnit]),
        (8, vec![R::Repeated]),
        (9, vec![R::Contradicted]),
        (10, vec![R::InvalidDate, R::Forecast]),
        (11, vec![R::WrongColumnCount]),
        (12, vec![R::Average]),
    ];
    assert_eq!(imported.refused, refused);
    assert_eq!(imported.report.damaged, 4);
    assert_eq!(imported.refusals(R::UnknownCommodity), [("Wheat flour".to_owned(), 1)].into());
    assert_eq!(imported.refusals(R::UnknownUnit), [("Head".to_owned(), 1)].into());
    // And a kilogram of the sack costs a hundredth of it, in thousandths of a franc
    assert_eq!(number(&app, "SELECT per_kilogram FROM market_price WHERE price_type = 'WHOLESALE'").await, 195_000);
    assert_eq!(number(&app, "SELECT COUNT(*) FROM market_price WHERE place_code = 'cercle-segou'").await, 2);
}

#[db_test]
async fn the_same_file_twice_changes_nothing_and_a_later_one_corrects(app: TestApp) {
    let file = format!("{MONTHLY}{}", series("Gao", "Gao", "Millet", (2026, 1), &["200", "210.5", "220"]));
    assert_eq!(import(&app, &file).await.counts(), (3, 0, 0, 0));

    // The same again, its spelling changed
    let again = import(&app, &file.to_uppercase().replace("MONTH,REGION", "month,region")).await;
    assert_eq!(again.counts(), (0, 0, 3, 0));
    assert_eq!(number(&app, "SELECT COUNT(*) FROM price_import").await, 1);

    // Another that says otherwise of one month and adds one
    let later = format!("{MONTHLY}{}", series("Gao", "Gao", "Millet", (2026, 2), &["210.5", "240", "250"]));
    assert_eq!(import(&app, &later).await.counts(), (1, 1, 1, 0));
    assert_eq!(number(&app, "SELECT COUNT(*) FROM market_price").await, 4);
    assert_eq!(number(&app, "SELECT per_kilogram FROM market_price ORDER BY month DESC LIMIT 1").await, 250_000);
    assert_eq!(number(&app, "SELECT COUNT(*) FROM market_price WHERE per_kilogram = 240000").await, 1);
    assert_eq!(number(&app, "SELECT COUNT(*) FROM price_import").await, 2);
}

#[db_test]
async fn a_dry_run_tells_the_same_and_leaves_nothing(app: TestApp) {
    let file = format!("{MONTHLY}{}", series("Gao", "Gao", "Millet", (2026, 1), &["200", "210", "x"]));
    let would = import_by(&app, &Actor::system("test"), file.as_bytes(), true).await.unwrap();
    assert_eq!(would.counts(), (2, 0, 0, 1));
    assert_eq!(number(&app, "SELECT COUNT(*) FROM market_price").await, 0);
    assert_eq!(number(&app, "SELECT COUNT(*) FROM price_import").await, 0);
    assert_eq!(import(&app, &file).await.counts(), would.counts());
}

#[db_test]
async fn what_breaks_off_leaves_nothing_behind(app: TestApp) {
    /// A file whose disk fails after some bytes.
    struct Failing<'b>(&'b [u8]);
    impl std::io::Read for Failing<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() { Err(std::io::Error::other("gone")) } else { self.0.read(buffer) }
        }
    }
    let file = format!("{MONTHLY}{}", series("Gao", "Gao", "Millet", (2010, 1), &["200"; 60]));
    let command = bfw::insight::ImportPrices { source: "test".to_owned(), dry_run: false };
    let actor = Actor::system("test");
    let outcome = Box::pin(app.app.insight.import_prices(&actor, command, Failing(file.as_bytes()), |_| {})).await;
    assert!(matches!(outcome, Err(Failure::Fault(_))), "{outcome:?}");
    assert_eq!(number(&app, "SELECT COUNT(*) FROM market_price").await, 0);
}

#[db_test]
async fn two_imports_at_once_take_each_price_once(app: TestApp) {
    let other = app.another_process().await;
    let file = format!("{MONTHLY}{}", series("Gao", "Gao", "Millet", (2010, 1), &["200"; 60]));
    let command = || bfw::insight::ImportPrices { source: "test".to_owned(), dry_run: false };
    let actor = Actor::system("test");
    let (one, two) = tokio::join!(
        Box::pin(app.app.insight.import_prices(&actor, command(), file.as_bytes(), |_| {})),
        Box::pin(other.insight.import_prices(&actor, command(), file.as_bytes(), |_| {})),
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.added + two.added, one.unchanged + two.unchanged), (60, 60));
    assert_eq!(number(&app, "SELECT COUNT(*) FROM market_price").await, 60);
    other.close().await;
}

#[db_test]
async fn a_file_of_no_known_form_is_refused_whole_and_strangers_import_nothing(app: TestApp) {
    let system = Actor::system("test");
    let refused = async |actor: &Actor, file: &[u8]| match import_by(&app, actor, file, false).await {
        Err(Failure::Rejected(errors)) => errors.into_iter().map(|error| (error.code, error.path.join("."))).collect(),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
        Ok(_) => Vec::new(),
    };
    let lacking = refused(&system, b"month,region,market,lat,lon,commodity,currency,price\n").await;
    assert_eq!(lacking, [(ErrorCode::MissingColumn, "file.header".to_owned())]);
    let latin = refused(&system, b"mois,r\xe9gion\n").await;
    assert_eq!(latin, [(ErrorCode::NotUtf8, "file".to_owned())]);

    let mut somebody = Actor::system("test");
    somebody.principal = Principal::Anonymous;
    let stranger = refused(&somebody, MONTHLY.as_bytes()).await;
    assert_eq!(stranger.first().map(|(code, _)| *code), Some(ErrorCode::Unauthenticated));
}

#[db_test]
async fn a_price_becomes_an_outlier_when_others_come_to_stand_around_it(app: TestApp) {
    // Given a price with a slipped point, alone at first
    import(&app, &format!("{MONTHLY}{}", series("Gao", "Gao", "Millet", (2025, 6), &["2100"]))).await;
    assert_eq!(number(&app, "SELECT COUNT(*) FROM market_price WHERE outlier").await, 0);

    // When a later file brings what was paid before and after
    let around = series("Gao", "Gao", "Millet", (2025, 1), &["200", "205", "210", "215", "220"])
        + &series("Gao", "Gao", "Millet", (2025, 7), &["210", "205", "200"]);
    import(&app, &format!("{MONTHLY}{around}")).await;

    // Then it is one, and a correction makes it none
    assert_eq!(number(&app, "SELECT per_kilogram FROM market_price WHERE outlier").await, 2_100_000);
    let corrected = import(&app, &format!("{MONTHLY}{}", series("Gao", "Gao", "Millet", (2025, 6), &["210"]))).await;
    assert_eq!(corrected.counts(), (0, 1, 0, 0));
    assert_eq!(number(&app, "SELECT COUNT(*) FROM market_price WHERE outlier").await, 0);
}

#[db_test]
async fn twelve_thousand_real_prices_of_mali_land_and_their_defects_are_named(app: TestApp) {
    let Some(file) = foreign_file("prices/mali_retail_2003_2018.csv") else { return };
    let began = std::time::Instant::now();
    let imported = import_by(&app, &Actor::system("test"), &file, false).await.unwrap();
    let took = began.elapsed();
    println!("{:?}: {} rows in {took:?}", app.app.services.db.backend(), imported.report.rows);
    println!("{:#?}", imported.report);

    let (added, changed, unchanged, refused) = imported.counts();
    assert_eq!((added + refused, changed, unchanged), (12_197, 0, 0));
    assert_eq!(number(&app, "SELECT COUNT(*) FROM market_price").await, i64::try_from(added).unwrap());
    assert_eq!(imported.odd(Note::NoRegion), 48);

    let again = import_by(&app, &Actor::system("test"), &file, false).await.unwrap();
    assert_eq!(again.counts(), (0, 0, added, refused));
    assert_eq!(number(&app, "SELECT COUNT(*) FROM price_import").await, 1);
}

#[db_test]
async fn real_files_of_both_forms_of_other_countries_are_told_apart(app: TestApp) {
    for (path, layout) in
        [("prices/hdx_current_layout_sample.csv", Layout::Hdx), ("prices/hdx_older_layout_sample.csv", Layout::HdxOlder)]
    {
        let Some(file) = foreign_file(path) else { return };
        let imported = import_by(&app, &Actor::system("test"), &file, false).await.unwrap();
        println!("{path}: {:#?}", imported.report);
        assert_eq!(imported.report.layout, layout);
        imported.counts();
        assert_eq!(number(&app, "SELECT COUNT(*) FROM market_price WHERE place_code IS NOT NULL").await, 0);
    }
}
