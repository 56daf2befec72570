//! What the standard says: its schemas with the extensions that packages declare, and its codelists.

use std::collections::{BTreeMap, BTreeSet};

use bfw::ocds::model::package::{EXTENSIONS, OWN_EXTENSION};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::harness::foreign_file;

/// Codelists that are open and that we have words of our own for: schemes, and definitions of women's ownership.
const OURS: [&str; 4] = [
    "itemClassificationScheme.csv",
    "unitClassificationScheme.csv",
    "locationGazetteers.csv",
    "reservedParticipation.csv",
];

/// The standard with its extensions.
pub(crate) struct Standard {
    /// The schema of a release, with what every extension changes in it.
    pub(crate) schema: Value,
    release: Validator,
    releases: Validator,
    records: Validator,
    codelists: BTreeMap<String, BTreeSet<String>>,
}

impl Standard {
    /// None where its files are not there.
    pub(crate) fn load() -> Option<Self> {
        let mut schema = file("release-schema.json")?;
        let mut codelists = BTreeMap::new();
        for name in EXTENSIONS {
            patch(&mut schema, &file(&format!("extensions/{name}/release-schema.json"))?);
            let definition = file(&format!("extensions/{name}/extension.json"))?;
            for list in names(&definition["codelists"]) {
                let words = foreign_file(&format!("ocds/extensions/{name}/codelists/{list}"))?;
                add(&mut codelists, &list, &words);
            }
        }
        let own = |name: &str| OWN_EXTENSION.iter().find(|(file, _)| *file == name).unwrap().1;
        patch(&mut schema, &serde_json::from_str(own("release-schema.json")).unwrap());
        add(&mut codelists, "+sustainabilityStrategy.csv", own("codelists/+sustainabilityStrategy.csv").as_bytes());
        for list in codelists_of(&schema) {
            if let Some(words) =
                codelists.contains_key(&list).then(Vec::new).or_else(|| foreign_file(&format!("ocds/codelists/{list}")))
            {
                add(&mut codelists, &list, &words);
            }
        }
        // Releases within packages are checked by themselves, by the schema with its extensions.
        let mut packages =
            ["release-package-schema.json", "record-package-schema.json"].map(|name| file(name).unwrap());
        for package in &mut packages {
            cut(package);
        }
        let build = |schema: &Value| jsonschema::options().should_validate_formats(true).build(schema).unwrap();
        let [releases, records] = packages.each_ref().map(build);
        let release = build(&schema);
        Some(Self { schema, release, releases, records, codelists })
    }

    /// What is wrong with a release: by the schema, by the codelists, and members that nothing declares.
    pub(crate) fn release_errors(&self, release: &Value) -> Vec<String> {
        let mut errors: Vec<String> =
            self.release.iter_errors(release).map(|error| format!("{}: {error}", error.instance_path())).collect();
        self.look(&self.schema, release, "", &mut errors);
        errors.extend(strangers(release));
        errors
    }

    /// What is wrong with a release package and the releases in it.
    pub(crate) fn package_errors(&self, package: &Value) -> Vec<String> {
        let shell = self.releases.iter_errors(package).map(|error| format!("{}: {error}", error.instance_path()));
        let releases = package["releases"].as_array().unwrap().iter().flat_map(|release| self.release_errors(release));
        shell.chain(releases).collect()
    }

    /// What is wrong with a record package and the compiled releases in it.
    pub(crate) fn record_errors(&self, package: &Value) -> Vec<String> {
        let shell = self.records.iter_errors(package).map(|error| format!("{}: {error}", error.instance_path()));
        let records = package["records"].as_array().unwrap().iter();
        shell.chain(records.flat_map(|record| self.release_errors(&record["compiledRelease"]))).collect()
    }

    /// Looks for members that no schema declares, and for words that are in no codelist.
    fn look(&self, schema: &Value, value: &Value, path: &str, errors: &mut Vec<String>) {
        let schema = match schema["$ref"].as_str() {
            Some(to) => self.schema.pointer(to.trim_start_matches('#')).unwrap(),
            None => schema,
        };
        if let Some(list) = schema["codelist"].as_str().filter(|list| !OURS.contains(list)) {
            let words = value.as_array().map_or_else(|| vec![value], |words| words.iter().collect());
            for word in words.into_iter().filter_map(Value::as_str) {
                if !self.codelists[list].contains(word) {
                    errors.push(format!("{path}: {word} is not in {list}"));
                }
            }
        }
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match schema["properties"].get(name) {
                        Some(schema) => self.look(schema, value, &format!("{path}/{name}"), errors),
                        None => errors.push(format!("{path}/{name} is declared nowhere")),
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.look(&schema["items"], item, path, errors);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn file(name: &str) -> Option<Value> {
    Some(serde_json::from_slice(&foreign_file(&format!("ocds/{name}"))?).unwrap())
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Adds the words of a list; one whose name begins with a plus adds to the list of that name.
fn add(codelists: &mut BTreeMap<String, BTreeSet<String>>, name: &str, csv: &[u8]) {
    let words = codelists.entry(name.trim_start_matches('+').to_owned()).or_default();
    let mut reader = csv::Reader::from_reader(csv);
    let Some(column) = reader.headers().unwrap().iter().position(|name| name == "Code") else { return };
    words.extend(reader.records().map(|record| record.unwrap()[column].to_owned()));
}

fn codelists_of(schema: &Value) -> BTreeSet<String> {
    match schema {
        Value::Object(members) => {
            let own = schema["codelist"].as_str().map(str::to_owned);
            own.into_iter().chain(members.values().flat_map(codelists_of)).collect()
        }
        Value::Array(items) => items.iter().flat_map(codelists_of).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => BTreeSet::new(),
    }
}

/// JSON Merge Patch (RFC 7396), by which extensions change the schema.
fn patch(target: &mut Value, changes: &Value) {
    let Value::Object(changes) = changes else {
        *target = changes.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (name, change) in changes {
        if change.is_null() {
            target.as_object_mut().unwrap().remove(name);
        } else {
            patch(target.as_object_mut().unwrap().entry(name).or_insert(Value::Null), change);
        }
    }
}

/// Puts "something with an ocid" where a package names the schema of releases.
fn cut(schema: &mut Value) {
    match schema {
        Value::Object(members)
            if members.get("$ref").and_then(Value::as_str).is_some_and(|to| to.starts_with("http")) =>
        {
            *schema = json!({ "required": ["ocid"] });
        }
        Value::Object(members) => members.values_mut().for_each(cut),
        Value::Array(items) => items.iter_mut().for_each(cut),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// References to parties that are not there.
fn strangers(release: &Value) -> Vec<String> {
    let parties = release["parties"].as_array().into_iter().flatten();
    let known: BTreeSet<&str> = parties.map(|party| party["id"].as_str().unwrap()).collect();
    let mut found = Vec::new();
    references(release, &mut found);
    found.into_iter().filter(|id| !known.contains(id)).map(|id| format!("{id} is no party")).collect()
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    const ONE: [&str; 6] = ["buyer", "procuringEntity", "payer", "payee", "complainant", "author"];
    const SEVERAL: [&str; 4] = ["suppliers", "tenderers", "shares", "invitations"];
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if ONE.contains(&name.as_str()) {
                    found.push(value["id"].as_str().unwrap());
                } else if SEVERAL.contains(&name.as_str()) {
                    found.extend(value.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()));
                } else if name == "party" {
                    found.push(value.as_str().unwrap());
                } else {
                    references(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
