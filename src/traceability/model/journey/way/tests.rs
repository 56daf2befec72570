//! Unit tests of the steps.

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::traceability::model::graph::Edge;

fn id(number: u128) -> LotId {
    LotId::from_uuid(Uuid::from_u128(number))
}

fn event(number: u128) -> EventId {
    EventId::from_uuid(Uuid::from_u128(number))
}

fn organization(number: u128) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(number))
}

fn on(day: &str) -> Timestamp {
    format!("{day}T09:00:00Z").parse().unwrap()
}

/// Lot `number` was made by event `number` on a day.
fn lot(number: u128, product: &str, grams: i64, day: &str) -> (LotId, LotTold) {
    let lot = LotTold {
        id: id(number),
        code: format!("LOT{number}"),
        product: product.to_owned(),
        maker: organization(1),
        place: None,
        grade: None,
        grams,
        custody: CustodyModel::Segregated,
        is_void: false,
        made_by: event(number),
        made_at: on(day),
    };
    (lot.id, lot)
}

fn delivery(lot: u128, producer: u128, grams: i64) -> DeliveryTold {
    let producer = ProducerId::from_uuid(Uuid::from_u128(producer));
    DeliveryTold { lot: id(lot), producer, gender: Gender::Female, name: None, grams, confirmed: false }
}

fn told(number: u128, lot: u128, kind: EventKind, day: &str) -> EventTold {
    let organization = organization(1);
    EventTold { id: event(number), lot: id(lot), organization, kind, at: on(day), body: None, is_void: false }
}

/// Two deliveries in October and one in November became lot 4, of which some became lot 5.
fn recorded() -> Recorded {
    Recorded {
        lots: HashMap::from([
            lot(1, "shea-kernel", 10_000, "2026-10-03"),
            lot(2, "shea-kernel", 20_000, "2026-10-20"),
            lot(3, "shea-kernel", 5_000, "2026-11-02"),
            lot(4, "shea-kernel", 35_000, "2026-11-05"),
            lot(5, "shea-butter", 9_000, "2026-11-10"),
        ]),
        graph: Graph {
            edges: [(4, 1, 10_000), (4, 2, 20_000), (4, 3, 5_000), (5, 4, 30_000)]
                .map(|(child, parent, grams)| Edge { child: id(child), parent: id(parent), grams })
                .into(),
        },
        deliveries: vec![delivery(1, 1, 10_000), delivery(2, 1, 20_000), delivery(3, 2, 5_000)],
        events: [1, 2, 3, 4]
            .map(|lot| told(4, lot, EventKind::Aggregation, "2026-11-05"))
            .into_iter()
            .chain([4, 5].map(|lot| told(5, lot, EventKind::Transformation, "2026-11-10")))
            .collect(),
    }
}

fn shown(steps: &[BareStep]) -> Vec<(EventKind, String, Option<i64>, usize)> {
    let day = |step: &BareStep| step.at.date_naive().to_string();
    steps.iter().map(|step| (step.kind, day(step), step.grams, step.producers)).collect()
}

#[test]
fn deliveries_are_told_by_the_month_and_other_events_once() {
    let (steps, left_out) = recorded().steps(id(5), 60);

    let expected = [
        (EventKind::Delivery, "2026-10-03", Some(30_000), 1),
        (EventKind::Delivery, "2026-11-02", Some(5_000), 1),
        (EventKind::Aggregation, "2026-11-05", Some(35_000), 0),
        (EventKind::Transformation, "2026-11-10", Some(9_000), 0),
    ];
    let expected = expected.map(|(kind, day, grams, producers)| (kind, day.to_owned(), grams, producers));
    assert_eq!((shown(&steps).as_slice(), left_out), (expected.as_slice(), 0));
    assert_eq!(steps[0].until, on("2026-10-20"));
}

#[test]
fn where_there_are_too_many_the_months_go_first_then_what_weighed_least() {
    let (steps, left_out) = recorded().steps(id(5), 3);
    assert_eq!((steps.len(), left_out), (3, 0));
    assert_eq!((steps[0].grams, steps[0].producers), (Some(35_000), 2));

    let (steps, left_out) = recorded().steps(id(5), 1);
    assert_eq!((steps[0].kind, left_out), (EventKind::Transformation, 2), "its own comes before what is heavier");
}

#[test]
fn what_became_of_the_rest_of_a_lot_is_another_story() {
    let mut recorded = recorded();
    recorded.events.push(told(6, 4, EventKind::Inspection, "2026-11-06"));
    recorded.events.push(told(7, 4, EventKind::Loss, "2026-11-20"));
    recorded.events.push(told(8, 4, EventKind::Transformation, "2026-11-08"));
    recorded.events.push(told(9, 5, EventKind::Shipment, "2026-11-20"));

    let (steps, _) = recorded.steps(id(5), 60);

    let last: Vec<EventKind> = steps[3..].iter().map(|step| step.kind).collect();
    assert_eq!(last, [EventKind::Inspection, EventKind::Transformation, EventKind::Shipment]);
}

#[test]
fn what_an_event_says_of_its_quantity_is_told() {
    let mut recorded = recorded();
    let of = |code: &str, quantity: f64, unit: &str| json!({ "epcClass": code, "quantity": quantity, "uom": unit });
    let body = json!({ "quantityList": [
        of("https://example.org/trace/LOT4", 2.0, "KGM"),
        of("https://example.org/trace/LOT5", 1.25, "KGM"),
    ] });
    let loss = told(6, 5, EventKind::Loss, "2026-11-11");
    recorded.events.push(EventTold { body: Some(body.to_string()), ..loss });

    let (steps, _) = recorded.steps(id(5), 60);

    assert_eq!(steps.last().and_then(|step| step.grams), Some(1_250));
    assert_eq!(grams_of(&json!({ "quantityList": [of("urn:x:LOT5", 2.0, "LTR")] }).to_string(), "LOT5"), None);
    assert_eq!(grams_of("no json", "LOT5"), None);
}
