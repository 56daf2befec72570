//! What an organization says about itself, checked on its way in. Every error is told at its own field.

use chrono::NaiveDate;

use super::gazetteer::Gazetteer;
use super::legal_form::{LegalForm, LegalFormProblem, check_legal_form};
use super::organization::OrganizationKind;
use super::place::{Place, Point};
use super::registration::{Registration, RegistrationScheme};
use crate::kernel::error::{ErrorCode, Rejections, UserError, excerpt};
use crate::kernel::text::TextRule;

/// Languages spoken at most.
pub const LANGUAGES_MAX: usize = 16;
/// Registrations at most.
pub const REGISTRATIONS_MAX: usize = 10;
/// Places proposed in place of one that nobody knows.
const SUGGESTIONS_MAX: usize = 5;
/// Signs in a place code or name at most; longer ones are not looked up.
const PLACE_LENGTH_MAX: usize = 100;

/// Languages that can be said to be spoken: ISO 639 codes of French, the thirteen national languages, and what traders
/// beside them speak. Source: the national languages of Mali; the pairing of codes is inferred.
pub const SPOKEN_LANGUAGES: &[&str] =
    &["fr", "bm", "bmq", "bze", "dts", "ffm", "mey", "myk", "mwk", "snk", "ses", "shz", "taq", "kao", "ar", "en"];

/// A registration as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TypedRegistration {
    /// The register.
    pub scheme: RegistrationScheme,
    /// The number.
    pub value: String,
}

/// Finds the place that a code, an official number, a name or an alias names without doubt.
///
/// # Errors
/// [`ErrorCode::UnknownPlace`] with the places that were perhaps meant.
pub fn check_place<'g, P: ToString>(
    gazetteer: &'g Gazetteer,
    typed: &str,
    today: NaiveDate,
    path: impl IntoIterator<Item = P>,
) -> Result<&'g Place, UserError> {
    if typed.chars().count() > PLACE_LENGTH_MAX {
        return Err(UserError::new(ErrorCode::TooLong, path).with("maximum", PLACE_LENGTH_MAX));
    }
    gazetteer.locate(typed, today).ok_or_else(|| {
        let near: Vec<&str> = gazetteer
            .find(typed, today, SUGGESTIONS_MAX)
            .into_iter()
            .map(|candidate| candidate.place.code.as_str())
            .collect();
        let suggestions = if near.is_empty() { "–".to_owned() } else { near.join(", ") };
        UserError::new(ErrorCode::UnknownPlace, path).with("value", excerpt(typed)).with("suggestions", suggestions)
    })
}

/// Checks a point: it lies in Mali or near it, which also catches latitude and longitude exchanged.
///
/// # Errors
/// [`ErrorCode::LocationOutOfBounds`].
pub fn check_location<P: ToString>(point: Point, path: impl IntoIterator<Item = P>) -> Result<Point, UserError> {
    if point.is_near_mali() { Ok(point) } else { Err(UserError::new(ErrorCode::LocationOutOfBounds, path)) }
}

/// Checks the languages spoken: known codes, each once, in the order given.
///
/// # Errors
/// [`ErrorCode::TooLong`] for too many, [`ErrorCode::InvalidValue`] at each unknown one.
pub fn check_languages(typed: &[String], path: &[&str], rejections: &mut Rejections) -> Vec<String> {
    if typed.len() > LANGUAGES_MAX {
        rejections.push(UserError::new(ErrorCode::TooLong, path).with("maximum", LANGUAGES_MAX));
        return Vec::new();
    }
    let mut languages: Vec<String> = Vec::new();
    for (index, code) in typed.iter().enumerate() {
        let code = code.trim().to_lowercase();
        if !SPOKEN_LANGUAGES.contains(&code.as_str()) {
            let at = path.iter().map(|name| (*name).to_owned()).chain([index.to_string()]);
            let error = UserError::new(ErrorCode::InvalidValue, at).with("value", excerpt(&code));
            rejections.push(error.with("allowed", SPOKEN_LANGUAGES.join(", ")));
        } else if !languages.contains(&code) {
            languages.push(code);
        }
    }
    languages
}

/// Checks registrations: numbers of their registers, none twice.
///
/// # Errors
/// [`ErrorCode::TooLong`] for too many; what [`Registration::parse`] says at each; [`ErrorCode::DuplicateRegistration`]
/// at the second of two that are the same.
pub fn check_registrations(
    typed: &[TypedRegistration],
    path: &[&str],
    rejections: &mut Rejections,
) -> Vec<Registration> {
    if typed.len() > REGISTRATIONS_MAX {
        rejections.push(UserError::new(ErrorCode::TooLong, path).with("maximum", REGISTRATIONS_MAX));
        return Vec::new();
    }
    let mut registrations: Vec<Registration> = Vec::new();
    for (index, registration) in typed.iter().enumerate() {
        let at = registration_path(path, index);
        let parsed = Registration::parse(registration.scheme, &registration.value, &at);
        let Some(parsed) = rejections.take(parsed) else { continue };
        if registrations.iter().any(|known| known.is_same_as(&parsed)) {
            rejections.push(duplicate_registration(&parsed, at));
        } else {
            registrations.push(parsed);
        }
    }
    registrations
}

/// Where the number of one of several registrations stands in the input.
#[must_use]
pub fn registration_path(path: &[&str], index: usize) -> Vec<String> {
    path.iter().map(|name| (*name).to_owned()).chain([index.to_string(), "value".to_owned()]).collect()
}

/// The number belongs to another organization, or stands twice in the input.
#[must_use]
pub fn duplicate_registration(registration: &Registration, path: Vec<String>) -> UserError {
    UserError::new(ErrorCode::DuplicateRegistration, path)
        .with("scheme", registration.scheme)
        .with("value", &registration.raw)
}

/// Holds a legal form against the kind and the number of members, and says what is wrong at the field it is wrong in.
///
/// # Errors
/// [`ErrorCode::LegalFormNotAllowed`] at `legalForm`, [`ErrorCode::TooFewMembers`] at `totalMembers`.
pub fn check_form(kind: OrganizationKind, form: Option<LegalForm>, members: Option<i64>) -> Result<(), UserError> {
    let Some(form) = form else { return Ok(()) };
    check_legal_form(kind, form, members).map_err(|problem| match problem {
        LegalFormProblem::NotForThisKind { allowed } => {
            UserError::new(ErrorCode::LegalFormNotAllowed, ["input", "legalForm"])
                .with("legalForm", form)
                .with("kind", kind)
                .with("allowed", LegalForm::list(allowed))
        }
        LegalFormProblem::TooFewMembers { required, actual } => {
            UserError::new(ErrorCode::TooFewMembers, ["input", "totalMembers"])
                .with("legalForm", form)
                .with("actual", actual)
                .with("required", required.members)
                .with("source", required.source)
        }
    })
}

/// Where a seller stands on her market.
pub const STALL: TextRule = TextRule { length_min: 1, length_max: 100, multiline: false };

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(scheme: RegistrationScheme, value: &str) -> TypedRegistration {
        TypedRegistration { scheme, value: value.into() }
    }

    fn rejected(rejections: Rejections) -> Vec<(ErrorCode, String)> {
        match rejections.finish() {
            Ok(()) => Vec::new(),
            Err(crate::kernel::Failure::Rejected(errors)) => {
                errors.into_iter().map(|error| (error.code, error.path.join("."))).collect()
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_same_number_twice_is_told_at_the_second() {
        let mut rejections = Rejections::default();
        let numbers = [
            typed(RegistrationScheme::Nif, "081234567A"),
            typed(RegistrationScheme::Rccm, "MA.BKO.2024.B.157"),
            typed(RegistrationScheme::Nif, "081 234 567 a"),
            typed(RegistrationScheme::Nina, "none"),
        ];
        let kept = check_registrations(&numbers, &["input", "registrations"], &mut rejections);
        assert_eq!(kept.len(), 2);
        assert_eq!(
            rejected(rejections),
            [
                (ErrorCode::DuplicateRegistration, "input.registrations.2.value".to_owned()),
                (ErrorCode::InvalidRegistration, "input.registrations.3.value".to_owned()),
            ]
        );
    }

    #[test]
    fn languages_are_known_codes_each_once() {
        let mut rejections = Rejections::default();
        let languages = ["FR", "bm", "fr", "tlh"].map(str::to_owned);
        assert_eq!(check_languages(&languages, &["input", "languages"], &mut rejections), ["fr", "bm"]);
        assert_eq!(rejected(rejections), [(ErrorCode::InvalidValue, "input.languages.3".to_owned())]);
    }

    #[test]
    fn a_place_is_found_by_code_number_and_name_and_others_are_proposed() {
        let gazetteer = Gazetteer::embedded().unwrap();
        let today = "2026-11-23".parse().unwrap();
        let find = |typed: &str| check_place(&gazetteer, typed, today, ["placeCode"]).map(|place| place.code.clone());
        for typed in ["segou", "Ségou", "SEGOU", "ML-4"] {
            assert_eq!(find(typed).as_deref(), Ok("segou"), "{typed}");
        }
        assert_eq!(find("Timbuktu").as_deref(), Ok("tombouctou"));
        let error = find("segouu").unwrap_err();
        assert_eq!(error.code, ErrorCode::UnknownPlace);
        let suggestions = error.args.iter().find(|(name, _)| *name == "suggestions").map(|(_, value)| value.as_str());
        assert!(suggestions.is_some_and(|list| list.contains("segou")), "{error:?}");
        assert_eq!(find(&"x".repeat(10_000)).unwrap_err().code, ErrorCode::TooLong);
    }

    #[test]
    fn exchanged_coordinates_are_out_of_bounds() {
        let bamako = Point { latitude: 12.65, longitude: -8.0 };
        let exchanged = Point { latitude: -8.0, longitude: 12.65 };
        assert!(check_location(bamako, ["location"]).is_ok());
        let nowhere = Point { latitude: f64::NAN, longitude: -8.0 };
        for point in [exchanged, nowhere] {
            assert_eq!(check_location(point, ["location"]).unwrap_err().code, ErrorCode::LocationOutOfBounds);
        }
    }

    #[test]
    fn a_scoops_with_three_members_is_told_how_many_it_takes() {
        let error = check_form(OrganizationKind::Cooperative, Some(LegalForm::Scoops), Some(3)).unwrap_err();
        assert_eq!((error.code, error.path.join(".")), (ErrorCode::TooFewMembers, "input.totalMembers".to_owned()));
        let message = error.message(crate::kernel::locale::Locale::En);
        assert!(message.contains('5') && message.contains('3') && message.contains("204"), "{message}");
    }
}
