//! A small world in which each of the 23 indicators is worked out by hand.

use bfw::accounts::OrganizationId;
use db_test::db_test;
use serde_json::{Value, json};

use super::world::{Bid, Contract, Is, Party, Request, Writer, at};
use crate::harness::TestApp;

/// The buyer's owner, the buyer, and a listing of each supplier's.
pub(super) struct Hands {
    pub(super) owner: String,
    pub(super) buyer: OrganizationId,
}

const QUERY: &str = "query($buyer: ID, $from: Date!, $to: Date!, $groupBy: ReportGroupBy) {
    genderResponsiveReport(buyerId: $buyer, from: $from, to: $to, definition: IWA34_WOMEN_OWNED, groupBy: $groupBy) {
        indicators { id name value numerator denominator unit women nonWomen unknown suppressed formula digest
            parts { part unit value numerator denominator women nonWomen unknown }
            groups { key label value women nonWomen unknown suppressed digest } } } }";

/// Three requests and an order, with all that follows.
pub(super) async fn make(app: &TestApp) -> Hands {
    let owner = app.sign_up("cantine@exemple.ml").await;
    let buyer: OrganizationId = app.register(&owner, "PUBLIC_BODY", "Cantine").await.parse().unwrap();
    let seller = app.sign_up("vendeuses@exemple.ml").await;
    let mut ids = Vec::new();
    for name in ["Première", "Seconde", "Autre", "Inconnue"] {
        ids.push(app.register(&seller, "COOPERATIVE", name).await);
    }
    let listing = app.published(&seller, &ids[3], json!({})).await;
    let listing: bfw::catalog::ListingId = listing.parse().unwrap();
    let party = |position: usize, is| {
        let id: OrganizationId = ids[position].parse().unwrap();
        Party { id: id.uuid(), is }
    };
    let (first, second) = (party(0, Is::Verified("12-31")), party(1, Is::Women));
    let (other, unknown) = (party(2, Is::Not), party(3, Is::Unknown));

    let writer = Writer::begin(app).await;
    let whole = |party, disqualified, minor| (vec![(party, 100_000)], disqualified, minor);
    let offers = [
        whole(first, None, 300_000),
        whole(other, None, 320_000),
        whole(unknown, Some("NOT_RESPONSIVE"), 310_000),
        (vec![(second, 60_000), (other, 40_000)], None, 90_001),
        whole(other, None, 50_050),
        whole(second, None, 51_000),
    ];
    let bids: Vec<Bid<'_>> = offers
        .iter()
        .map(|(partners, disqualified, minor)| Bid { partners, disqualified: *disqualified, minor: *minor })
        .collect();
    let asked = |method, currency, product, grams, estimated, target, days: [&'static str; 3]| Request {
        buyer: buyer.uuid(),
        method,
        currency,
        product,
        place: "segou",
        grams,
        estimated,
        target,
        published: days[0],
        deadline: days[1],
        opened: days[2],
        invited: &[],
        bids: &[],
    };
    let one = Request {
        bids: &bids[..3],
        ..asked("OPEN", "XOF", "millet", 1_000_000, 400_000, Some(30_000), ["07-01", "07-11", "07-12"])
    };
    let two = Request {
        bids: &bids[3..4],
        ..asked("OPEN", "XOF", "millet", 1_000_000, 100_000, None, ["07-05", "07-20", "07-20"])
    };
    let invited = [second, other, unknown];
    let three = Request {
        bids: &bids[4..],
        invited: &invited,
        ..asked("LIMITED", "EUR", "shea-butter", 25_000_000, 60_000, None, ["08-01", "08-10", "08-11"])
    };
    let (r1, r2, r3) = (writer.request(&one).await, writer.request(&two).await, writer.request(&three).await);
    let a1 = writer.award((&r1, &one), 0, ("07-20", "08-01")).await;
    let a2 = writer.award((&r2, &two), 0, ("07-25", "08-10")).await;
    let a3 = writer.award((&r3, &three), 0, ("08-21", "09-01")).await;

    let contract = |award, process, suppliers, currency, minor| Contract {
        process,
        buyer: buyer.uuid(),
        award,
        listing: None,
        suppliers,
        currency,
        signed_minor: minor,
        minor,
        product: "millet",
        place: "segou",
        grams: 1_000_000,
        signed: "08-05",
        deliver_until: Some("08-20"),
        arrived: Some(("08-19", 100)),
    };
    let (alone, together) = ([(first, 100_000)], [(second, 60_000), (other, 40_000)]);
    let c1 = Contract { minor: 330_000, ..contract(Some(a1), r1.request, &alone, "XOF", 300_000) };
    let c1 = writer.contract(&c1).await;
    let c2 = Contract {
        signed: "08-12",
        deliver_until: Some("08-25"),
        arrived: Some(("08-26", 100)),
        ..contract(Some(a2), r2.request, &together, "XOF", 90_001)
    };
    let c2 = writer.contract(&c2).await;
    let of_other = [(other, 100_000)];
    let c3 = Contract {
        signed: "09-03",
        product: "shea-butter",
        grams: 25_000_000,
        deliver_until: Some("09-20"),
        arrived: Some(("09-19", 80)),
        ..contract(Some(a3), r3.request, &of_other, "EUR", 50_050)
    };
    let c3 = writer.contract(&c3).await;
    let of_unknown = [(unknown, 100_000)];
    let order = Contract {
        listing: Some(listing.uuid()),
        signed: "09-05",
        product: "shea-butter",
        grams: 500_000,
        deliver_until: None,
        arrived: None,
        ..contract(None, writer.id(), &of_unknown, "XOF", 50_000)
    };
    writer.contract(&order).await;

    let paid = writer.invoice(c1, first, (330_000, "XOF"), ["08-20", "08-21", "09-20"], Some("09-10")).await;
    writer.payment(paid, first, (330_000, "XOF"), "09-10", "CONFIRMED").await;
    let part = writer.invoice(c2, second, (90_001, "XOF"), ["08-28", "08-28", "09-27"], None).await;
    writer.payment(part, second, (60_000, "XOF"), "09-20", "RECORDED").await;
    writer.payment(part, other, (30_001, "XOF"), "09-21", "DISPUTED").await;
    let later = writer.invoice(c3, other, (40_040, "EUR"), ["09-22", "09-21", "10-22"], Some("09-29")).await;
    writer.payment(later, other, (40_040, "EUR"), "09-29", "CONFIRMED").await;

    writer.complaint((r1.request, a1), other, "REJECTED", "07-22", Some("07-27")).await;
    writer.complaint((r1.request, a1), unknown, "OPEN", "07-23", None).await;

    let (one, two, three) = (
        writer.brought(first.id, "FEMALE", 1_000, true).await,
        writer.brought(first.id, "FEMALE", 700, false).await,
        writer.brought(first.id, "MALE", 500, true).await,
    );
    writer.brought(first.id, "FEMALE", 9_000, true).await;
    let blend = writer.blended(first.id, &[one, three]).await;
    writer.handed_over(c1, &[blend, two]).await;

    writer.event(r1.request, 1, "tender", at("07-01"), Some(1)).await;
    writer.event(r1.request, 2, "tenderUpdate", at("07-12"), Some(3)).await;
    writer.event(r1.request, 3, "award", at("07-20"), None).await;
    writer.tx.commit().await.unwrap();
    assert_ne!(c2.line, c3.line);
    Hands { owner, buyer }
}

pub(super) async fn ask(app: &TestApp, token: &str, variables: Value) -> Value {
    app.expect_data(Some(token), QUERY, variables).await["genderResponsiveReport"]["indicators"].take()
}

fn indicator<'v>(told: &'v Value, id: &str) -> &'v Value {
    told.as_array().unwrap().iter().find(|one| one["id"] == id).unwrap()
}

fn part<'v>(told: &'v Value, id: &str, part: &str) -> &'v Value {
    let parts = indicator(told, id)["parts"].as_array().unwrap();
    parts.iter().find(|one| one["part"] == part).unwrap_or_else(|| panic!("{id} {part}: {parts:#?}"))
}

/// Value, numerator, denominator.
fn quotient(figure: &Value) -> [Option<&str>; 3] {
    ["value", "numerator", "denominator"].map(|name| figure[name].as_str())
}

/// Women, not women, unknown.
fn classes(figure: &Value) -> [Option<&str>; 3] {
    ["women", "nonWomen", "unknown"].map(|name| figure[name].as_str())
}

#[db_test]
async fn each_indicator_is_what_it_comes_to_by_hand(app: TestApp) {
    let hands = make(&app).await;
    let variables = json!({ "buyer": hands.buyer.to_string(), "from": "2026-07-01", "to": "2026-09-30" });
    let told = ask(&app, &hands.owner, variables).await;
    assert_eq!(told.as_array().unwrap().len(), 23);
    let some = |texts: [&'static str; 3]| texts.map(|text| (!text.is_empty()).then_some(text));

    // 1: awards in force: the first's, the second's with the other's (60 % women's), the other's, the order from the unknown one.
    assert_eq!(quotient(indicator(&told, "GRP-01")), some(["0.5", "2", "4"]));
    assert_eq!(classes(indicator(&told, "GRP-01")), some(["2", "1", "1"]));

    // 2: XOF: 300000 + 60 % of 90001 = 354000.6 of 300000 + 90001 + 50000 = 440001; EUR: 0 of 500.50. Two currencies: no main figure.
    assert_eq!(quotient(indicator(&told, "GRP-02")), [None; 3]);
    assert_eq!(quotient(part(&told, "GRP-02", "XOF")), some(["0.804545", "354000.6", "440001"]));
    assert_eq!(classes(part(&told, "GRP-02", "XOF")), some(["354000.6", "36000.4", "50000"]));
    assert_eq!(quotient(part(&told, "GRP-02", "EUR")), some(["0", "0", "500.5"]));

    // 3: target: 30 % of 300000 (the request's own) + 25 % of 90001 and of 50000 (the rule's) = 125000.25.
    assert_eq!(quotient(part(&told, "GRP-03", "TARGET XOF")), some(["0.284091", "125000.25", "440001"]));
    // 354000.6 − 125000.25 = 229000.35.
    assert_eq!(quotient(part(&told, "GRP-03", "XOF")), some(["0.520454", "229000.35", "440001"]));
    assert_eq!(quotient(part(&told, "GRP-03", "EUR")), some(["-0.25", "-125.125", "500.5"]));

    // 4: four bidders, two of them women.
    assert_eq!(quotient(indicator(&told, "GRP-04")), some(["0.5", "2", "4"]));
    assert_eq!(classes(indicator(&told, "GRP-04")), some(["2", "1", "1"]));

    // 5: lots with 3, 1 and 2 bids; each has one of women, two have one of others, one has one of the unknown.
    assert_eq!(quotient(part(&told, "GRP-05", "REACH")), some(["1", "3", "3"]));
    assert_eq!(classes(part(&told, "GRP-05", "REACH")), some(["3", "2", "1"]));
    assert_eq!(part(&told, "GRP-05", "BIDS")["value"], "2");

    // 6: women won 2 of 3 valid bids, others 1 of 2: (2 × 2) ÷ (1 × 3). The unknown one had no valid bid.
    assert_eq!(quotient(indicator(&told, "GRP-06")), some(["1.333333", "4", "3"]));
    assert_eq!(classes(indicator(&told, "GRP-06")), some(["0.666667", "0.5", ""]));

    // 7: nobody's bid was excluded but that of the unknown one.
    assert_eq!(quotient(indicator(&told, "GRP-07")), some(["0", "0", "6"]));
    assert_eq!(classes(part(&told, "GRP-07", "NOT_RESPONSIVE")), some(["0", "0", "1"]));

    // 8: of three who were invited one is known by her bid as women's, one as not; the third made none.
    assert_eq!(quotient(indicator(&told, "GRP-08")), some(["0.333333", "1", "3"]));
    assert_eq!(classes(indicator(&told, "GRP-08")), some(["1", "1", "1"]));

    // 9: two of four by the open method; in XOF 300000 + 90001 of 440001. Of women's both.
    assert_eq!(quotient(part(&told, "GRP-09", "NUMBER")), some(["0.5", "2", "4"]));
    assert_eq!(classes(part(&told, "GRP-09", "NUMBER")), some(["1", "0", "0"]));
    assert_eq!(quotient(part(&told, "GRP-09", "VALUE XOF")), some(["0.886364", "390001", "440001"]));

    // 10: of two open requests one had one bid: women's.
    assert_eq!(quotient(indicator(&told, "GRP-10")), some(["0.5", "1", "2"]));
    assert_eq!(classes(indicator(&told, "GRP-10")), some(["1", "0", "0"]));

    // 11: one of three lots had a measure, a target; it was thought to cost 400000 of 500000 XOF.
    assert_eq!(quotient(part(&told, "GRP-11", "")), some(["0.333333", "1", "3"]));
    assert_eq!(quotient(part(&told, "GRP-11", "TARGET")), some(["0.333333", "1", "3"]));
    assert_eq!(quotient(part(&told, "GRP-11", "VALUE XOF")), some(["0.8", "400000", "500000"]));
    assert_eq!(quotient(part(&told, "GRP-11", "VALUE EUR")), some(["0", "0", "600"]));

    // 12: millet with a measure: all of 300000 to women; without: 54000.6 of 90001, which is 0.6. Shea butter was not bought both ways.
    assert_eq!(part(&told, "GRP-12", "XOF")["value"], "0.4");
    assert_eq!(classes(part(&told, "GRP-12", "XOF")), some(["0.4", "-0.4", "0"]));
    assert_eq!(quotient(part(&told, "GRP-12", "WITHOUT XOF")), some(["0.6", "54000.6", "90001"]));
    assert_eq!(part(&told, "GRP-12", "EUR")["value"], Value::Null);

    // 13: 10 September − 21 August = 20; 20 September − 28 August = 23; 29 September − 22 September = 7. A disputed one does not count.
    assert_eq!(quotient(indicator(&told, "GRP-13")), some(["20", "", "3"]));
    assert_eq!(classes(indicator(&told, "GRP-13")), some(["21.5", "7", ""]));

    // 14: two fell due, one was paid in time; of the other 90001 − 60000 is unpaid.
    assert_eq!(quotient(indicator(&told, "GRP-14")), some(["0.5", "1", "2"]));
    assert_eq!(classes(indicator(&told, "GRP-14")), some(["0.5", "", ""]));
    assert_eq!(part(&told, "GRP-14", "ARREARS XOF")["value"], "30001");
    assert_eq!(classes(part(&told, "GRP-14", "ARREARS XOF")), some(["30001", "0", "0"]));

    // 15: 10, 15, 9 days; 9, 5, 11; 16, 18, 13; 36, 39, 26.
    for (stage, days) in
        [("PUBLISH_TO_CLOSE", "10"), ("CLOSE_TO_AWARD", "9"), ("AWARD_TO_SIGN", "16"), ("SIGN_TO_PAYMENT", "36")]
    {
        assert_eq!(part(&told, "GRP-15", stage)["value"], days, "{stage}");
        assert_eq!(part(&told, "GRP-15", stage)["denominator"], "3", "{stage}");
    }
    assert_eq!(classes(part(&told, "GRP-15", "AWARD_TO_SIGN")), some(["17", "13", ""]));

    // 16: 470001 instead of 440001; of women's 420001 instead of 390001; one of four contracts was changed.
    assert_eq!(quotient(part(&told, "GRP-16", "XOF")), some(["0.068182", "30000", "440001"]));
    assert_eq!(classes(part(&told, "GRP-16", "XOF")), some(["0.076923", "", "0"]));
    assert_eq!(quotient(part(&told, "GRP-16", "AMENDED")), some(["0.25", "1", "4"]));

    // 17: the first arrived in time and whole; the second a day late; of the third 80 % was accepted; the order has no day.
    assert_eq!(quotient(indicator(&told, "GRP-17")), some(["0.333333", "1", "3"]));
    assert_eq!(classes(indicator(&told, "GRP-17")), some(["0.5", "0", ""]));

    // 18: two appeals, one decided after five days, none right.
    assert_eq!(indicator(&told, "GRP-18")["value"], "2");
    assert_eq!(classes(indicator(&told, "GRP-18")), some(["0", "1", "1"]));
    assert_eq!(quotient(part(&told, "GRP-18", "UPHELD")), some(["0", "0", "1"]));
    assert_eq!(part(&told, "GRP-18", "DAYS")["value"], "5");

    // 19: (300000² + 54000.6²) ÷ 354000.6² × 10000. Both women suppliers won for the first time.
    assert_eq!(part(&told, "GRP-19", "XOF")["value"], "7414.51609");
    assert_eq!(part(&told, "GRP-19", "XOF")["denominator"], "2");
    assert_eq!(part(&told, "GRP-19", "EUR")["value"], Value::Null);
    assert_eq!(quotient(part(&told, "GRP-19", "ENTRY")), some(["1", "2", "2"]));

    // 20: 300000 of 354000.6 with a verified proof that held.
    assert_eq!(quotient(part(&told, "GRP-20", "XOF")), some(["0.847456", "300000", "354000.6"]));
    assert_eq!(part(&told, "GRP-20", "EUR")["value"], Value::Null);

    // 21: one of four.
    assert_eq!(quotient(indicator(&told, "GRP-21")), some(["0.25", "1", "4"]));

    // 22: two women and a man brought what was delivered; of women 1000 was confirmed. What was not delivered does not count.
    assert_eq!(indicator(&told, "GRP-22")["value"], "2");
    assert_eq!(classes(indicator(&told, "GRP-22")), some(["2", "1", "0"]));
    assert_eq!(part(&told, "GRP-22", "CONFIRMED XOF")["value"], "1000");
    assert_eq!(classes(part(&told, "GRP-22", "CONFIRMED XOF")), some(["1000", "500", "0"]));

    // 23: two of three events were published, after one and three minutes.
    assert_eq!(quotient(indicator(&told, "GRP-23")), some(["0.666667", "2", "3"]));
    assert_eq!(part(&told, "GRP-23", "LAG")["value"], "2");
}

#[db_test]
async fn a_proof_that_is_not_there_makes_unknown_of_a_yes_and_never_a_no(app: TestApp) {
    let hands = make(&app).await;
    let query = "query($buyer: ID) { genderResponsiveReport(buyerId: $buyer, from: \"2026-07-01\", to: \"2026-09-30\",
        definition: IWA34_WOMEN_OWNED, atLeastEvidence: DOCUMENT_VERIFIED) { indicators { id women nonWomen unknown } } }";
    let told = app.expect_data(Some(&hands.owner), query, json!({ "buyer": hands.buyer.to_string() })).await;
    let told = &told["genderResponsiveReport"]["indicators"];

    // The second's self-declaration is not enough: 60 % unknown and 40 % not leave it open.
    assert_eq!(classes(indicator(told, "GRP-01")), [Some("1"), Some("1"), Some("2")]);
    assert_eq!(classes(indicator(told, "GRP-04")), [Some("1"), Some("1"), Some("2")]);
}

#[db_test]
async fn what_is_outside_the_days_does_not_count(app: TestApp) {
    let hands = make(&app).await;
    let variables = |from: &str, to: &str| json!({ "buyer": hands.buyer.to_string(), "from": from, "to": to });

    let august = ask(&app, &hands.owner, variables("2026-08-01", "2026-08-10")).await;
    let after = ask(&app, &hands.owner, variables("2026-08-02", "2026-08-09")).await;

    assert_eq!(indicator(&august, "GRP-01")["denominator"], "2");
    assert_eq!(indicator(&after, "GRP-01")["denominator"], "0");
    assert_eq!(indicator(&after, "GRP-01")["value"], Value::Null);
}
