//! How the releases of a process become one record, as the standard's merge routine has it (OCDS 1.1.5, "Merging").
//!
//! Values of later releases stand in place of earlier ones; a null takes a value away. Objects in an array are the same where
//! they have the same `id`; those of an array that is listed here, and arrays of anything but objects, are taken whole.

use serde_json::{Map, Value, json};

use super::values::OWN;

/// Members that say what a release is, not what it tells of: `omitWhenMerged` in the schema.
const OF_RELEASES: [&str; 3] = ["id", "date", "tag"];

/// Arrays of objects that are taken whole, wherever the standard and the extensions in use have them: `wholeListMerge` in the
/// schemas. By the last two steps of where they stand, as each means the same thing everywhere.
const WHOLE: [[&str; 2]; 11] = [
    ["parties", "additionalIdentifiers"],
    ["details", "classifications"],
    ["items", "additionalClassifications"],
    ["awardCriteria", "criteria"],
    ["criteria", "numbers"],
    ["selectionCriteria", "criteria"],
    ["tender", "sustainability"],
    ["lots", "sustainability"],
    [OWN, "measures"],
    [OWN, "quality"],
    // Texts, which are taken whole anyway; but this list may be empty, and an empty list says nothing of what is in it.
    [OWN, "requiredSchemes"],
];

/// Whether an array at a place is taken whole, by the last two steps of the place.
#[must_use]
pub fn is_whole(above: &str, name: &str) -> bool {
    WHOLE.contains(&[above, name])
}

/// The compiled release of a process: how it stands after all of its releases, which come in the order of their dates.
#[must_use]
pub fn compiled<'a>(releases: impl IntoIterator<Item = &'a Value>) -> Value {
    let mut merged = Map::new();
    let mut last = None;
    for release in releases {
        let Some(members) = release.as_object() else { continue };
        merge(&mut merged, members, "", &Latest);
        last = Some(release);
    }
    let (ocid, date) = last.map_or((&Value::Null, &Value::Null), |last| (&last["ocid"], &last["date"]));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    merged.insert("id".into(), format!("{}-{}", text(ocid), text(date)).into());
    merged.insert("date".into(), date.clone());
    merged.insert("tag".into(), json!(["compiled"]));
    Value::Object(merged)
}

/// The versioned release of a process: of each value every one that it had, with the release that brought it.
#[must_use]
pub fn versioned<'a>(releases: impl IntoIterator<Item = &'a Value>) -> Value {
    let mut merged = Map::new();
    for release in releases {
        let Some(members) = release.as_object() else { continue };
        let mut members = members.clone();
        let ocid = members.remove("ocid");
        merge(&mut merged, &members, "", &History { release });
        merged.extend(ocid.map(|ocid| ("ocid".to_owned(), ocid)));
    }
    Value::Object(merged)
}

/// What becomes of a value that is there already.
trait Keep {
    fn keep(&self, into: &mut Map<String, Value>, name: &str, value: &Value);
}

/// The later one is kept.
struct Latest;

impl Keep for Latest {
    fn keep(&self, into: &mut Map<String, Value>, name: &str, value: &Value) {
        if value.is_null() {
            into.remove(name);
        } else {
            into.insert(name.to_owned(), value.clone());
        }
    }
}

/// Every one is kept that differs from the one before it.
struct History<'a> {
    release: &'a Value,
}

impl Keep for History<'_> {
    fn keep(&self, into: &mut Map<String, Value>, name: &str, value: &Value) {
        let known = into.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        let Some(known) = known.as_array_mut() else { return };
        if known.last().is_none_or(|last| last["value"] != *value) {
            known.push(json!({
                "releaseID": self.release["id"],
                "releaseDate": self.release["date"],
                "releaseTag": self.release["tag"],
                "value": value,
            }));
        }
    }
}

/// Merges the members of an object, which stands at `above`, into what is there already.
fn merge(into: &mut Map<String, Value>, members: &Map<String, Value>, above: &str, keep: &impl Keep) {
    for (name, value) in members {
        if above.is_empty() && OF_RELEASES.contains(&name.as_str()) {
            continue;
        }
        match value {
            Value::Object(members) => {
                if members.is_empty() {
                    continue;
                }
                let there = into.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new()));
                if let Some(there) = there.as_object_mut() {
                    merge(there, members, name, keep);
                }
            }
            Value::Array(items) if !is_whole(above, name) && items.iter().all(Value::is_object) => {
                if items.is_empty() {
                    continue;
                }
                let there = into.entry(name.as_str()).or_insert_with(|| Value::Array(Vec::new()));
                if let Some(there) = there.as_array_mut() {
                    merge_items(there, items, name, keep);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                keep.keep(into, name, value);
            }
        }
    }
}

/// Merges objects of an array into those with the same `id`; what has none is a thing of its own.
fn merge_items(there: &mut Vec<Value>, items: &[Value], name: &str, keep: &impl Keep) {
    for item in items.iter().filter_map(Value::as_object) {
        let id = item.get("id").filter(|id| !id.is_null());
        let position = id.and_then(|id| there.iter().position(|one| one.get("id") == Some(id)));
        let position = position.unwrap_or_else(|| {
            there.push(id.map_or_else(|| json!({}), |id| json!({ "id": id })));
            there.len() - 1
        });
        let Some(known) = there.get_mut(position).and_then(Value::as_object_mut) else { continue };
        let mut members = item.clone();
        if id.is_some() {
            // It is what it is found by, and has no history.
            members.remove("id");
        }
        merge(known, &members, name, keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(number: u32, told: Value) -> Value {
        let mut release = json!({
            "ocid": "ocds-bfw000-1", "id": format!("ocds-bfw000-1-{number}"), "date": format!("2026-11-0{number}T08:00:00Z"),
            "tag": ["tender"],
        });
        release.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
        release
    }

    #[test]
    fn later_values_stand_and_nulls_take_away() {
        let releases = [
            release(1, json!({ "tender": { "title": "Mil", "description": "Du mil", "value": { "amount": 1 } } })),
            release(2, json!({ "tender": { "title": "Sorgho", "description": null, "value": { "amount": null } } })),
        ];
        let expected = json!({
            "ocid": "ocds-bfw000-1", "id": "ocds-bfw000-1-2026-11-02T08:00:00Z", "date": "2026-11-02T08:00:00Z",
            "tag": ["compiled"], "tender": { "title": "Sorgho", "value": {} },
        });
        assert_eq!(compiled(&releases), expected);
    }

    #[test]
    fn objects_are_the_same_by_their_id_but_for_lists_that_are_taken_whole() {
        let releases = [
            release(
                1,
                json!({ "awards": [{ "id": "a", "status": "pending", "rank": 1 }], "tender": { "sustainability": [{ "goal": "x" }] } }),
            ),
            release(
                2,
                json!({ "awards": [{ "id": "b" }, { "id": "a", "status": "active" }], "tender": { "sustainability": [{ "goal": "y" }] } }),
            ),
        ];
        let merged = compiled(&releases);
        assert_eq!(merged["awards"], json!([{ "id": "a", "status": "active", "rank": 1 }, { "id": "b" }]));
        assert_eq!(merged["tender"]["sustainability"], json!([{ "goal": "y" }]));
    }

    #[test]
    fn an_empty_list_takes_away_only_where_lists_are_taken_whole() {
        let releases = [
            release(
                1,
                json!({ "tender": { "bfw": { "measures": [{ "id": "m" }], "requiredSchemes": ["a"] } }, "awards": [{ "id": "a" }] }),
            ),
            release(2, json!({ "tender": { "bfw": { "measures": [], "requiredSchemes": [] } }, "awards": [] })),
        ];
        let merged = compiled(&releases);
        assert_eq!(merged["tender"]["bfw"], json!({ "measures": [], "requiredSchemes": [] }));
        assert_eq!(merged["awards"], json!([{ "id": "a" }]));
    }

    #[test]
    fn a_history_tells_each_value_once() {
        let releases = [
            release(1, json!({ "tender": { "title": "Mil", "status": "active" } })),
            release(2, json!({ "tender": { "title": "Mil", "status": "complete" } })),
        ];
        let merged = versioned(&releases);
        let of = |number: u32, value: &str| {
            json!({
                "releaseID": format!("ocds-bfw000-1-{number}"), "releaseDate": format!("2026-11-0{number}T08:00:00Z"),
                "releaseTag": ["tender"], "value": value,
            })
        };
        assert_eq!(
            merged["tender"],
            json!({ "title": [of(1, "Mil")], "status": [of(1, "active"), of(2, "complete")] })
        );
        assert_eq!(merged["ocid"], "ocds-bfw000-1");
    }
}
