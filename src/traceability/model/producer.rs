//! Whoever delivers to an organization.

use chrono::{Datelike as _, NaiveDate};
use serde::Serialize;

use super::{
    ids::ProducerId,
    period::Period,
    plot::{CheckedPlot, PLOTS_MAX, PlotDraft},
};
use crate::{
    accounts::{OrganizationId, Phone},
    certification::model::group::{person_digest, person_number},
    directory::model::{gazetteer::Gazetteer, profile::check_place},
    kernel::{
        ErrorCode, UserError,
        change::Change,
        clock::Timestamp,
        error::{Rejections, excerpt},
        text::TextRule,
    },
    words,
};

const CODE: TextRule = TextRule { length_min: 1, length_max: 40, multiline: false };

/// The first year in which a producer may have been born.
const BIRTH_YEAR_MIN: i64 = 1900;
/// Whoever delivers is older than this.
const AGE_MIN: i64 = 10;

words! {
    /// What a producer is, as she says herself.
    Gender {
        /// A woman.
        Female = "FEMALE",
        /// A man.
        Male = "MALE",
        /// Another.
        Other = "OTHER",
        /// She was not asked, or did not say.
        Undisclosed = "UNDISCLOSED",
    }
}

words! {
    /// Why a producer is forgotten. A text could say what has to be forgotten, and the audit log forgets nothing.
    ForgetReason {
        /// She asked for it.
        Asked = "ASKED",
        /// She delivers no more.
        Left = "LEFT",
        /// She was recorded by mistake.
        Mistake = "MISTAKE",
    }
}

/// Whoever delivers to an organization; not a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Producer {
    /// The producer.
    pub id: ProducerId,
    /// To whom she delivers.
    pub organization: OrganizationId,
    /// What the organization calls her by: her member number.
    pub code: String,
    /// Her name. None, as all that is personal, once she asked to be forgotten.
    pub name: Option<String>,
    /// What she is.
    pub gender: Gender,
    /// The year in which she was born.
    pub birth_year: Option<i64>,
    /// How she is called, in E.164 form.
    pub phone: Option<String>,
    /// Where she lives, by the place's code.
    pub village: Option<String>,
    /// By which she is known in another group ([`person_digest`]).
    pub person: Option<Vec<u8>>,
    /// What events call her: drawn at random.
    pub pseudonym: String,
    /// Since when she agrees that her name stands on public pages.
    pub name_public_since: Option<Timestamp>,
    /// When she was forgotten.
    pub erased_at: Option<Timestamp>,
    /// When she was recorded.
    pub created_at: Timestamp,
    /// When something of her changed last.
    pub updated_at: Timestamp,
    /// Counts the changes, from 1.
    pub version: i64,
}

impl Producer {
    /// What becomes of her when she asks to be forgotten: pseudonym and gender stay, so that shares and chains of events stay
    /// whole.
    #[must_use]
    pub fn forgotten(self, at: Timestamp) -> Self {
        Self {
            name: None,
            birth_year: None,
            phone: None,
            village: None,
            person: None,
            name_public_since: None,
            erased_at: Some(at),
            updated_at: at,
            version: self.version + 1,
            ..self
        }
    }

    /// Goes on if she was not forgotten.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTransition`] at `producerId`.
    pub fn remembered(self, action: &'static str) -> Result<Self, UserError> {
        if self.erased_at.is_none() {
            return Ok(self);
        }
        let error = UserError::new(ErrorCode::InvalidTransition, ["input", "producerId"]);
        Err(error.with("state", "FORGOTTEN").with("action", action))
    }

    /// The names of the fields in which two states of her differ: what the audit log keeps in the place of their values.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let differ = [
            ("name", self.name != other.name),
            ("gender", self.gender != other.gender),
            ("birth_year", self.birth_year != other.birth_year),
            ("phone", self.phone != other.phone),
            ("village", self.village != other.village),
            ("identity", self.person != other.person),
            ("code", self.code != other.code),
            ("name_is_public", self.name_public_since.is_some() != other.name_public_since.is_some()),
        ];
        differ.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect()
    }
}

/// A producer as she was typed.
#[derive(Debug, Clone, Serialize)]
pub struct ProducerDraft {
    /// Her name.
    pub name: String,
    /// What she is.
    pub gender: Gender,
    /// The year in which she was born.
    pub birth_year: Option<i64>,
    /// How she is called.
    pub phone: Option<String>,
    /// The number that she is registered by.
    pub national_id: Option<String>,
    /// Where she lives: a place's code, official number or name.
    pub village: Option<String>,
    /// Her member number; one is made where none is given.
    pub code: Option<String>,
    /// Since when she belongs to the organization.
    pub member_since: Option<NaiveDate>,
    /// Whether she agrees that her name stands on public pages.
    pub name_is_public: bool,
    /// What she farms.
    pub plots: Vec<PlotDraft>,
}

/// A producer who can be kept.
#[derive(Debug, Clone)]
pub struct CheckedProducer {
    /// Her name.
    pub name: String,
    /// How she is called, in E.164 form.
    pub phone: Option<String>,
    /// Where she lives, by the place's code.
    pub village: Option<String>,
    /// By which she is known in another group.
    pub person: Option<Vec<u8>>,
    /// Her member number.
    pub code: Option<String>,
    /// Since when she belongs to the organization.
    pub member_since: Option<Period>,
    /// What she farms.
    pub plots: Vec<CheckedPlot>,
}

impl ProducerDraft {
    /// What is to be kept, or everything that is wrong.
    ///
    /// # Errors
    /// An error for each field that is wrong.
    pub fn check(&self, gazetteer: &Gazetteer, today: NaiveDate) -> Result<CheckedProducer, Rejections> {
        let mut wrong = Rejections::default();
        let name = wrong.take(TextRule::NAME.check(&self.name, ["input", "name"]));
        wrong.take(self.birth_year.map(|year| check_birth_year(year, today)).transpose());
        let phone = wrong.take(self.phone.as_deref().map(read_phone).transpose()).flatten();
        let national = wrong.take(self.national_id.as_deref().map(read_national_id).transpose()).flatten();
        let village = self.village.as_deref().map(|typed| read_village(typed, gazetteer, today));
        let village = wrong.take(village.transpose()).flatten();
        let code = wrong.take(self.code.as_deref().map(check_code).transpose()).flatten();
        let member_since = self.member_since.map(|from| {
            let path = |_: &str| vec!["input".to_owned(), "memberSince".to_owned()];
            Period { from, until: None }.check(path)
        });
        let member_since = wrong.take(member_since.transpose()).flatten();
        if self.plots.len() > PLOTS_MAX {
            wrong.push(UserError::new(ErrorCode::TooLong, ["input", "plots"]).with("maximum", PLOTS_MAX));
            return Err(wrong);
        }
        let plots = self.plots.iter().enumerate();
        let plots = plots.filter_map(|(index, plot)| {
            let index = index.to_string();
            plot.check(&["input", "plots", &index], today, &mut wrong)
        });
        let plots = plots.collect();
        match name {
            Some(name) if wrong.is_empty() => {
                let person = national.or_else(|| phone.as_deref().map(person_digest));
                Ok(CheckedProducer { name, phone, village, person, code, member_since, plots })
            }
            Some(_) | None => Err(wrong),
        }
    }
}

/// What becomes of a producer. What is not mentioned stays.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ProducerChanges {
    /// Another name.
    pub name: Option<String>,
    /// What she is.
    pub gender: Option<Gender>,
    /// The year in which she was born.
    pub birth_year: Change<i64>,
    /// How she is called.
    pub phone: Change<String>,
    /// The number that she is registered by.
    pub national_id: Change<String>,
    /// Where she lives.
    pub village: Change<String>,
    /// Another member number.
    pub code: Option<String>,
    /// Whether she agrees that her name stands on public pages.
    pub name_is_public: Option<bool>,
}

impl ProducerChanges {
    /// The producer with the changes, at her old version, or everything that is wrong with them.
    ///
    /// # Errors
    /// An error for each field that is wrong.
    pub fn apply(&self, before: &Producer, gazetteer: &Gazetteer, now: Timestamp) -> Result<Producer, Rejections> {
        let today = now.date_naive();
        let mut wrong = Rejections::default();
        let name = self.name.as_deref().map(|typed| TextRule::NAME.check(typed, ["input", "name"])).transpose();
        let name = wrong.take(name).flatten();
        let birth_year = self.birth_year.clone().try_map(|year| check_birth_year(year, today));
        let birth_year = wrong.take(birth_year).unwrap_or_default();
        let phone = wrong.take(self.phone.clone().try_map(|typed| read_phone(&typed))).unwrap_or_default();
        let national = self.national_id.clone().try_map(|typed| read_national_id(&typed));
        let national = wrong.take(national).unwrap_or_default();
        let village = self.village.clone().try_map(|typed| read_village(&typed, gazetteer, today));
        let village = wrong.take(village).unwrap_or_default();
        let code = wrong.take(self.code.as_deref().map(check_code).transpose()).flatten();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let phone = phone.over(before.phone.clone());
        let person = person_after(before, phone.as_deref(), national);
        Ok(Producer {
            name: name.or_else(|| before.name.clone()),
            gender: self.gender.unwrap_or(before.gender),
            birth_year: birth_year.over(before.birth_year),
            phone,
            village: village.over(before.village.clone()),
            person,
            code: code.unwrap_or_else(|| before.code.clone()),
            name_public_since: match self.name_is_public {
                Some(true) => before.name_public_since.or(Some(now)),
                Some(false) => None,
                None => before.name_public_since,
            },
            ..before.clone()
        })
    }
}

/// By what she is known after a change: the number that she is registered by, or else her phone.
fn person_after(before: &Producer, phone: Option<&str>, national: Change<Vec<u8>>) -> Option<Vec<u8>> {
    let by_phone = phone.map(person_digest);
    let was_by_phone = before.person.is_none() || before.person == before.phone.as_deref().map(person_digest);
    match national {
        Change::Set(national) => Some(national),
        Change::Clear => by_phone,
        Change::Keep if was_by_phone => by_phone,
        Change::Keep => before.person.clone(),
    }
}

fn check_birth_year(year: i64, today: NaiveDate) -> Result<i64, UserError> {
    let latest = i64::from(today.year()) - AGE_MIN;
    if (BIRTH_YEAR_MIN..=latest).contains(&year) {
        return Ok(year);
    }
    let error = UserError::new(ErrorCode::OutOfRange, ["input", "birthYear"]);
    Err(error.with("minimum", BIRTH_YEAR_MIN).with("maximum", latest))
}

fn read_phone(typed: &str) -> Result<String, UserError> {
    Phone::parse(typed, ["input", "phone"]).map(|phone| phone.as_str().to_owned())
}

/// The digest of a number that a person is registered by; the number itself is not kept.
fn read_national_id(typed: &str) -> Result<Vec<u8>, UserError> {
    person_number(typed, ["input", "nationalId"]).map(|number| person_digest(&number))
}

fn read_village(typed: &str, gazetteer: &Gazetteer, today: NaiveDate) -> Result<String, UserError> {
    check_place(gazetteer, typed, today, ["input", "villageCode"]).map(|place| place.code.clone())
}

fn check_code(typed: &str) -> Result<String, UserError> {
    CODE.check(typed, ["input", "code"])
}

/// The member number that an organization's n-th producer is given who has none.
#[must_use]
pub fn made_code(number: u64) -> String {
    format!("P-{number:04}")
}

/// Another producer of the organization has the member number.
#[must_use]
pub fn code_taken(code: &str) -> UserError {
    UserError::new(ErrorCode::MemberCodeTaken, ["input", "code"]).with("value", excerpt(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known_by(phone: Option<&str>, person: Option<&str>) -> Producer {
        let at = "2026-11-02T08:00:00Z".parse().unwrap();
        Producer {
            id: ProducerId::from_uuid(uuid::Uuid::nil()),
            organization: OrganizationId::from_uuid(uuid::Uuid::nil()),
            code: made_code(7),
            name: Some("Awa".into()),
            gender: Gender::Female,
            birth_year: Some(1980),
            phone: phone.map(str::to_owned),
            village: None,
            person: person.map(person_digest),
            pseudonym: "00".into(),
            name_public_since: Some(at),
            erased_at: None,
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }

    #[test]
    fn she_is_known_by_her_number_or_else_by_her_phone() {
        let (old, new, number) = ("+22376000001", "+22376000002", "11111");
        let digest = |text: &str| Some(person_digest(text));
        let by_phone = known_by(Some(old), Some(old));
        assert_eq!(person_after(&by_phone, Some(new), Change::Keep), digest(new));
        assert_eq!(person_after(&by_phone, None, Change::Keep), None);
        assert_eq!(person_after(&by_phone, Some(old), Change::Set(person_digest(number))), digest(number));
        let by_number = known_by(Some(old), Some(number));
        assert_eq!(person_after(&by_number, Some(new), Change::Keep), digest(number));
        assert_eq!(person_after(&by_number, Some(new), Change::Clear), digest(new));
        assert_eq!(person_after(&known_by(None, None), Some(new), Change::Keep), digest(new));
    }

    #[test]
    fn of_whom_is_forgotten_nothing_personal_stays() {
        let producer = known_by(Some("+22376000001"), Some("11111"));
        let at = "2026-12-01T08:00:00Z".parse().unwrap();
        let forgotten = producer.clone().forgotten(at);
        assert_eq!(forgotten.differences(&producer), ["name", "birth_year", "phone", "identity", "name_is_public"]);
        assert_eq!((forgotten.version, forgotten.erased_at), (2, Some(at)));
        assert_eq!((&forgotten.pseudonym, forgotten.gender), (&producer.pseudonym, producer.gender));
        assert!(forgotten.remembered("x").is_err() && producer.remembered("x").is_ok());
    }
}
