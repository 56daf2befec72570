//! Communes from a file: which lines can be taken, and what is wrong with the others.
//!
//! Columns by name, in any order: `name` and `cercle` (or `parent`) are needed; `region`, `level`, `latitude`,
//! `longitude`, `ocha`, `aliases` (parted by `;`), `source` and `certainty` (`V`, `I`, `M`) may be there. Lines whose
//! `level` is not `commune` are passed over.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::gazetteer::Gazetteer;
use super::place::{CodeScheme, Place, PlaceKind, Point, commune_code};
use crate::kernel::error::{ErrorCode, UserError, excerpt};
use crate::kernel::locale::{Locale, Texts};
use crate::kernel::reference::{Certainty, Validity};
use crate::kernel::text::{TextRule, fold};

/// Lines read at most: the country has 815 communes.
pub const LINES_MAX: usize = 20_000;

const NAME: TextRule = TextRule { length_min: 2, length_max: 100, multiline: false };
const SOURCE: TextRule = TextRule { length_min: 1, length_max: 300, multiline: false };

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineOutcome {
    /// A new place.
    Added,
    /// A place that was imported before and is told otherwise now.
    Changed,
    /// A place that is known just so.
    Unchanged,
    /// Not a commune, or one that comes with the program.
    PassedOver(&'static str),
    /// It cannot be taken.
    Refused(Vec<UserError>),
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedLine {
    /// Its number in the file; the header is line 1.
    pub line: u64,
    /// The name that stands in it.
    pub name: String,
    /// What becomes of it.
    pub outcome: LineOutcome,
}

/// What a file comes to.
#[derive(Debug, Clone, Default)]
pub struct ImportPlan {
    /// Every line.
    pub lines: Vec<ImportedLine>,
    /// The places to be written: those added and those changed.
    pub places: Vec<Place>,
}

impl ImportPlan {
    /// How many lines came out in a way.
    #[must_use]
    pub fn count(&self, is: impl Fn(&LineOutcome) -> bool) -> usize {
        self.lines.iter().filter(|line| is(&line.outcome)).count()
    }
}

/// Holds a file against what is known. `source` is noted for lines that name none of their own; `is_embedded` tells the
/// codes that come with the program, which a file does not change.
///
/// # Errors
/// [`ErrorCode::Required`] for a needed column that is not there, [`ErrorCode::InvalidValue`] for a file that is not CSV
/// in UTF-8, [`ErrorCode::TooLong`] for too many lines.
pub fn plan_import(
    file: &[u8],
    source: &str,
    gazetteer: &Gazetteer,
    is_embedded: impl Fn(&str) -> bool,
    today: NaiveDate,
) -> Result<ImportPlan, UserError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(file);
    let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let columns = Columns::of(&header)?;
    let mut plan = ImportPlan::default();
    let mut first_lines: BTreeMap<String, u64> = BTreeMap::new();
    for (index, record) in reader.records().enumerate() {
        if index >= LINES_MAX {
            return Err(UserError::new(ErrorCode::TooLong, ["file"]).with("maximum", LINES_MAX));
        }
        let record = record.map_err(|error| unreadable(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let name = excerpt(columns.name(&record));
        let read = columns.read(&record, source, gazetteer, today);
        let outcome = match read {
            Ok(None) => LineOutcome::PassedOver("not a commune"),
            Ok(Some(place)) if is_embedded(&place.code) => LineOutcome::PassedOver("comes with the program"),
            Ok(Some(place)) => match first_lines.get(&place.code) {
                Some(first) => LineOutcome::Refused(vec![
                    UserError::new(ErrorCode::Inconsistent, ["name"])
                        .with("reason", format!("{} = {first}", place.code)),
                ]),
                None => {
                    first_lines.insert(place.code.clone(), line);
                    let outcome = match gazetteer.place(&place.code) {
                        None => LineOutcome::Added,
                        Some(known) if *known == place => LineOutcome::Unchanged,
                        Some(_) => LineOutcome::Changed,
                    };
                    if outcome != LineOutcome::Unchanged {
                        plan.places.push(place);
                    }
                    outcome
                }
            },
            Err(errors) => LineOutcome::Refused(errors),
        };
        plan.lines.push(ImportedLine { line, name, outcome });
    }
    Ok(plan)
}

fn unreadable(error: &csv::Error) -> UserError {
    UserError::new(ErrorCode::InvalidValue, ["file"]).with("value", error).with("allowed", "CSV, UTF-8")
}

/// Where each column stands.
struct Columns(BTreeMap<String, usize>);

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, UserError> {
        let columns: BTreeMap<String, usize> = header
            .iter()
            .enumerate()
            .map(|(index, name)| (name.trim_start_matches('\u{feff}').to_lowercase(), index))
            .collect();
        let needed = [
            ("name", columns.contains_key("name")),
            ("cercle", columns.contains_key("cercle") || columns.contains_key("parent")),
        ];
        match needed.into_iter().find(|(_, there)| !there) {
            Some((missing, _)) => Err(UserError::new(ErrorCode::Required, ["header", missing])),
            None => Ok(Self(columns)),
        }
    }

    fn get<'r>(&self, record: &'r csv::StringRecord, column: &str) -> Option<&'r str> {
        self.0.get(column).and_then(|index| record.get(*index)).filter(|value| !value.is_empty())
    }

    fn name<'r>(&self, record: &'r csv::StringRecord) -> &'r str {
        self.get(record, "name").unwrap_or_default()
    }

    /// The commune that a line describes; none where it describes something else.
    fn read(
        &self,
        record: &csv::StringRecord,
        source: &str,
        gazetteer: &Gazetteer,
        today: NaiveDate,
    ) -> Result<Option<Place>, Vec<UserError>> {
        if self.get(record, "level").is_some_and(|level| !level.eq_ignore_ascii_case("commune")) {
            return Ok(None);
        }
        let mut errors = Vec::new();
        let mut note = |result: Result<String, UserError>| result.map_err(|error| errors.push(error)).ok();
        let name = note(NAME.check(self.name(record), ["name"]));
        let source = note(SOURCE.check(self.get(record, "source").unwrap_or(source), ["source"]));
        let parent = self.parent(record, gazetteer, today).map_err(|error| errors.push(error)).ok();
        let point = self.point(record).map_err(|error| errors.push(error)).ok();
        let certainty = self.certainty(record).map_err(|error| errors.push(error)).ok();
        let (Some(name), Some(source), Some(parent), Some(point), Some(certainty)) =
            (name, source, parent, point, certainty)
        else {
            return Err(errors);
        };
        // In the order in which the table gives them back, so that a file read twice changes nothing.
        let aliases: BTreeMap<String, &str> = self
            .get(record, "aliases")
            .unwrap_or_default()
            .split(';')
            .map(|alias| (fold(alias), alias.trim()))
            .filter(|(folded, _)| !folded.is_empty())
            .collect();
        let ocha = self.get(record, "ocha").map(|code| (CodeScheme::OchaPcode, code.to_uppercase()));
        Ok(Some(Place {
            code: commune_code(&parent.code, &name),
            kind: PlaceKind::Commune,
            names: Texts::from_iter([(Locale::Fr, name)]),
            parent: Some(parent.code.clone()),
            former_parents: Vec::new(),
            codes: ocha.into_iter().collect(),
            aliases: aliases.into_values().map(str::to_owned).collect(),
            point,
            validity: Validity::default(),
            source,
            certainty,
        }))
    }

    /// The cercle, or the District of Bamako, that a line names. A region of the same name is not meant.
    fn parent<'g>(
        &self,
        record: &csv::StringRecord,
        gazetteer: &'g Gazetteer,
        today: NaiveDate,
    ) -> Result<&'g Place, UserError> {
        let typed = self.get(record, "cercle").or_else(|| self.get(record, "parent"));
        let typed = typed.ok_or_else(|| UserError::new(ErrorCode::Required, ["cercle"]))?;
        let holds_communes = |place: &Place| matches!(place.kind, PlaceKind::Cercle | PlaceKind::District);
        let matches = gazetteer.find(typed, today, usize::MAX);
        matches
            .iter()
            .find(|found| found.fit.is_certain() && holds_communes(found.place))
            .map(|found| found.place)
            .ok_or_else(|| {
                let near = matches.iter().filter(|found| holds_communes(found.place)).take(5);
                let near: Vec<&str> = near.map(|found| found.place.code.as_str()).collect();
                UserError::new(ErrorCode::UnknownPlace, ["cercle"])
                    .with("value", excerpt(typed))
                    .with("suggestions", if near.is_empty() { "–".to_owned() } else { near.join(", ") })
            })
    }

    fn point(&self, record: &csv::StringRecord) -> Result<Option<Point>, UserError> {
        let degrees = |column: &'static str| match self.get(record, column) {
            None => Ok(None),
            Some(text) => text.parse::<f64>().map(Some).map_err(|_not_a_number| {
                UserError::new(ErrorCode::MalformedNumber, [column]).with("value", excerpt(text))
            }),
        };
        match (degrees("latitude")?, degrees("longitude")?) {
            (None, None) => Ok(None),
            (Some(latitude), Some(longitude)) => {
                super::profile::check_location(Point { latitude, longitude }, ["latitude"]).map(Some)
            }
            (Some(_), None) => Err(UserError::new(ErrorCode::Required, ["longitude"])),
            (None, Some(_)) => Err(UserError::new(ErrorCode::Required, ["latitude"])),
        }
    }

    fn certainty(&self, record: &csv::StringRecord) -> Result<Certainty, UserError> {
        match self.get(record, "certainty") {
            // Somebody's file is a source, and not yet a verified one.
            None => Ok(Certainty::Inferred),
            Some(letter) => Certainty::from_letter(letter).ok_or_else(|| {
                UserError::new(ErrorCode::InvalidValue, ["certainty"])
                    .with("value", excerpt(letter))
                    .with("allowed", "V, I, M")
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(gazetteer: &Gazetteer, file: &str) -> Result<ImportPlan, UserError> {
        let embedded = Gazetteer::embedded().unwrap();
        let today = "2026-11-23".parse().unwrap();
        plan_import(file.as_bytes(), "test", gazetteer, |code| embedded.place(code).is_some(), today)
    }

    fn outcomes(plan: &ImportPlan) -> Vec<(u64, String)> {
        let told = |outcome: &LineOutcome| match outcome {
            LineOutcome::Added => "added".to_owned(),
            LineOutcome::Changed => "changed".to_owned(),
            LineOutcome::Unchanged => "unchanged".to_owned(),
            LineOutcome::PassedOver(why) => (*why).to_owned(),
            LineOutcome::Refused(errors) => {
                let told: Vec<String> =
                    errors.iter().map(|error| format!("{}: {}", error.path.join("."), error.code.wire())).collect();
                told.join("; ")
            }
        };
        plan.lines.iter().map(|line| (line.line, told(&line.outcome))).collect()
    }

    #[test]
    fn good_lines_are_taken_and_bad_ones_are_told_with_their_columns() {
        let gazetteer = Gazetteer::embedded().unwrap();
        let file = "region,parent,level,name,latitude,longitude\n\
                    Segou,Ségou,commune,Pelengana,13.41,-6.2\n\
                    Segou,Segou,Commune,Sébougou,,\n\
                    Segou,Atlantide,commune,Nulle part,,\n\
                    Segou,Ségou,commune,x,13.4,\n\
                    Segou,Ségou,commune,Loin,48.8,2.3\n\
                    Bamako,Bamako,quartier,Hippodrome,,\n\
                    Segou,Ségou,commune,PELENGANA,,\n";
        let plan = plan(&gazetteer, file).unwrap();
        assert_eq!(
            outcomes(&plan),
            [
                (2, "added".to_owned()),
                (3, "added".to_owned()),
                (4, "cercle: UNKNOWN_PLACE".to_owned()),
                (5, "name: TOO_SHORT; longitude: REQUIRED".to_owned()),
                (6, "latitude: LOCATION_OUT_OF_BOUNDS".to_owned()),
                (7, "not a commune".to_owned()),
                (8, "name: INCONSISTENT".to_owned()),
            ]
        );
        let codes: Vec<&str> = plan.places.iter().map(|place| place.code.as_str()).collect();
        assert_eq!(codes, ["commune-segou-pelengana", "commune-segou-sebougou"]);
        assert_eq!(plan.places[0].parent.as_deref(), Some("cercle-segou"));
    }

    #[test]
    fn the_same_file_again_changes_nothing() {
        let file = "name,cercle\nPelengana,cercle-segou\n";
        let before = Gazetteer::embedded().unwrap();
        let first = plan(&before, file).unwrap();
        let after = before.extended(first.places).unwrap();
        let again = plan(&after, file).unwrap();
        assert_eq!(outcomes(&again), [(2, "unchanged".to_owned())]);
        assert!(again.places.is_empty());
        let corrected = plan(&after, "name,cercle,aliases\nPelengana,cercle-segou,Pélengana Nord\n").unwrap();
        assert_eq!(outcomes(&corrected), [(2, "changed".to_owned())]);
    }

    #[test]
    fn a_file_without_its_columns_is_refused_as_a_whole() {
        let gazetteer = Gazetteer::embedded().unwrap();
        let error = plan(&gazetteer, "commune;cercle\nPelengana;Ségou\n").unwrap_err();
        assert_eq!((error.code, error.path.join(".")), (ErrorCode::Required, "header.name".to_owned()));
        let embedded = |_: &str| false;
        let latin1 =
            plan_import(b"name,cercle\nS\xe9gou,x\n", "test", &gazetteer, embedded, "2026-11-23".parse().unwrap());
        assert_eq!(latin1.map(|_| ()).unwrap_err().code, ErrorCode::InvalidValue);
    }
}
