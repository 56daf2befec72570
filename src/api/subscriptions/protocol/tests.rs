use proptest::prelude::*;
use serde_json::json;

use super::*;

fn acknowledged() -> Machine {
    let mut machine = Machine::new(3);
    assert!(matches!(machine.hears(r#"{"type":"connection_init"}"#), Step::Identify(payload) if payload.is_empty()));
    machine.acknowledge();
    machine
}

fn subscribe(id: &str) -> String {
    json!({ "id": id, "type": "subscribe", "payload": { "query": "{ a }" } }).to_string()
}

fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

fn closes(step: Step) -> u16 {
    let Step::Close(close) = step else { panic!("{step:?} does not close") };
    close.code()
}

fn begun(step: Step) -> Begun {
    let Step::Begin(begun, _) = step else { panic!("{step:?} begins nothing") };
    begun
}

#[test]
fn whoever_says_twice_who_she_is_is_closed() {
    let init = r#"{"type":"connection_init","payload":{"authorization":"Bearer x"}}"#;
    let mut machine = Machine::new(3);
    assert!(machine.waits_for_init());
    assert!(matches!(machine.hears(init), Step::Identify(payload) if payload["authorization"] == "Bearer x"));
    assert!(!machine.waits_for_init());
    assert_eq!(closes(machine.hears(init)), 4429, "while she is looked up");
    assert_eq!(closes(acknowledged().hears(init)), 4429, "once she is acknowledged");
}

#[test]
fn nothing_begins_before_the_acknowledgement() {
    let mut machine = Machine::new(3);
    assert_eq!(closes(machine.hears(&subscribe("1"))), 4401);
    let mut machine = Machine::new(3);
    machine.hears(r#"{"type":"connection_init"}"#);
    assert_eq!(closes(machine.hears(&subscribe("1"))), 4401);
}

#[test]
fn a_ping_is_answered_at_any_time_with_what_it_carried() {
    for mut machine in [Machine::new(3), acknowledged()] {
        let Step::Say(said) = machine.hears(r#"{"type":"ping","payload":{"at":1}}"#) else { panic!("no answer") };
        assert_eq!(said.text(), r#"{"type":"pong","payload":{"at":1}}"#);
        let Step::Say(said) = machine.hears(r#"{"type":"ping"}"#) else { panic!("no answer") };
        assert_eq!(said.text(), r#"{"type":"pong"}"#);
        assert!(matches!(machine.hears(r#"{"type":"pong","payload":{}}"#), Step::Nothing));
    }
}

#[test]
fn an_id_is_used_once_at_a_time() {
    let mut machine = acknowledged();
    let first = begun(machine.hears(&subscribe("1")));
    assert!(machine.runs(&first));
    assert!(machine.ended(&first), "she is told of the end");
    assert!(!machine.ended(&first), "once");
    let second = begun(machine.hears(&subscribe("1")));
    assert_ne!(first, second);
    assert!(!machine.runs(&first), "what comes late of the first is not taken for the second");
    let Step::Close(close) = machine.hears(&subscribe("1")) else { panic!("accepted") };
    assert_eq!((close.code(), close.reason().as_str()), (4409, "Subscriber for 1 already exists"));
}

#[test]
fn whoever_completes_is_told_nothing_more() {
    let mut machine = acknowledged();
    let one = begun(machine.hears(&subscribe("1")));
    assert!(matches!(machine.hears(&complete("1")), Step::Stop(stopped) if stopped == one));
    assert!(!machine.runs(&one) && !machine.ended(&one));
    assert!(matches!(machine.hears(&complete("1")), Step::Nothing));
    assert!(matches!(machine.hears(&complete("never")), Step::Nothing));
}

#[test]
fn more_than_may_run_are_refused_one_by_one() {
    let mut machine = acknowledged();
    let first = begun(machine.hears(&subscribe("1")));
    machine.hears(&subscribe("2"));
    machine.hears(&subscribe("3"));
    assert!(matches!(machine.hears(&subscribe("4")), Step::Refuse(id) if id == "4"));
    machine.ended(&first);
    begun(machine.hears(&subscribe("4")));
}

#[test]
fn what_is_no_message_closes() {
    let long = "x".repeat(ID_BYTES_MAX + 1);
    let long = subscribe(&long);
    for text in [
        "",
        "null",
        "[]",
        "{",
        "{}",
        r#"{"type":1}"#,
        r#"{"type":"start"}"#,
        r#"{"type":"connection_ack"}"#,
        r#"{"type":"next","id":"1","payload":{}}"#,
        r#"{"type":"connection_init","payload":"Bearer x"}"#,
        r#"{"type":"ping","payload":[]}"#,
        r#"{"type":"pong","payload":1}"#,
        r#"{"type":"complete"}"#,
        r#"{"type":"complete","id":1}"#,
        r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":1,"payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"1","payload":{}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","variables":[]}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","operationName":1}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","extensions":1}}"#,
        &long,
    ] {
        assert_eq!(closes(acknowledged().hears(text)), 4400, "{text}");
        assert_eq!(closes(Machine::new(3).hears(text)), 4400, "{text}");
    }
}

#[test]
fn what_is_said_is_json_whatever_the_id_holds() {
    let id = "a\"}\n{é";
    for said in [
        Said::Next(id.to_owned(), r#"{"data":null}"#.into()),
        Said::Error(id.to_owned(), vec![ServerError::new("no\"", None)]),
        Said::Complete(id.to_owned()),
    ] {
        let message: Value = serde_json::from_str(&said.text()).unwrap();
        assert_eq!(message["id"], id);
        assert!(message["type"].is_string());
    }
}

/// What a client does in a made-up conversation.
#[derive(Debug, Clone)]
enum Does {
    Subscribes(u8),
    Completes(u8),
    Pings,
    OperationEnds(u8),
}

fn does() -> impl Strategy<Value = Does> {
    prop_oneof![
        (0..6_u8).prop_map(Does::Subscribes),
        (0..6_u8).prop_map(Does::Completes),
        Just(Does::Pings),
        (0..6_u8).prop_map(Does::OperationEnds),
    ]
}

proptest! {
    /// Held against a plain list of what runs: each operation ends once, is told of at most once, and never after its end.
    #[test]
    fn every_operation_has_one_end(conversation in prop::collection::vec(does(), 0..60)) {
        let mut machine = acknowledged();
        let mut open: Vec<Begun> = Vec::new();
        for turn in conversation {
            match turn {
                Does::Subscribes(id) => {
                    let id = id.to_string();
                    let taken = open.iter().any(|begun| begun.id == id);
                    let step = machine.hears(&subscribe(&id));
                    if let Step::Begin(begun, _) = step {
                        prop_assert!(!taken && open.len() < 3);
                        open.push(begun);
                    } else if let Step::Close(close) = step {
                        prop_assert_eq!(close.code(), 4409);
                        prop_assert!(taken);
                        return Ok(());
                    } else {
                        let refused = matches!(step, Step::Refuse(_));
                        prop_assert!(refused && !taken && open.len() == 3);
                    }
                }
                Does::Completes(id) => {
                    let id = id.to_string();
                    let step = machine.hears(&complete(&id));
                    if let Step::Stop(begun) = step {
                        prop_assert!(open.contains(&begun));
                        open.retain(|one| *one != begun);
                        prop_assert!(!machine.ended(&begun));
                    } else {
                        let nothing = matches!(step, Step::Nothing);
                        prop_assert!(nothing && open.iter().all(|begun| begun.id != id));
                    }
                }
                Does::Pings => {
                    let answered = matches!(machine.hears(r#"{"type":"ping"}"#), Step::Say(Said::Pong(None)));
                    prop_assert!(answered);
                }
                Does::OperationEnds(id) => {
                    let id = id.to_string();
                    if let Some(at) = open.iter().position(|begun| begun.id == id) {
                        let begun = open.remove(at);
                        prop_assert!(machine.ended(&begun));
                        prop_assert!(!machine.ended(&begun));
                    }
                }
            }
            prop_assert_eq!(machine.running(), open.len());
            prop_assert!(open.iter().all(|begun| machine.runs(begun)));
        }
    }

    /// Whatever is said, the machine has an answer.
    #[test]
    fn no_text_is_too_much(text in ".{0,200}") {
        let _step = acknowledged().hears(&text);
    }
}
