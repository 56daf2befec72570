//! Languages people read, and every sentence we say to them.

use std::{str::FromStr, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

/// A language the product speaks. French is the working language of Mali and the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
    /// Bambara (Bamanankan).
    Bm,
}

impl Locale {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Fr, Self::En, Self::Bm];

    /// The ISO 639-1 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
            Self::Bm => "bm",
        }
    }

    /// Chooses by an `Accept-Language` header; French where nothing fits.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Self {
        use fluent_langneg::{LanguageIdentifier, NegotiationStrategy, negotiate_languages};
        let requested = fluent_langneg::parse_accepted_languages(accept_language);
        let available: Vec<LanguageIdentifier> =
            Self::ALL.iter().filter_map(|locale| locale.code().parse().ok()).collect();
        negotiate_languages(&requested, &available, None, NegotiationStrategy::Lookup)
            .first()
            .and_then(|language| language.language.as_str().parse().ok())
            .unwrap_or_default()
    }
}

/// The language is none that the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such language: use fr, en or bm")]
pub struct UnknownLocale;

impl FromStr for Locale {
    type Err = UnknownLocale;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|locale| locale.code() == code).ok_or(UnknownLocale)
    }
}

/// One text in several languages: a product's name, a description.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Texts(std::collections::BTreeMap<Locale, String>);

impl Texts {
    /// The text in that language, else in French, else in whichever there is.
    #[must_use]
    pub fn best(&self, locale: Locale) -> Option<&str> {
        self.0.get(&locale).or_else(|| self.0.get(&Locale::Fr)).or_else(|| self.0.values().next()).map(String::as_str)
    }

    /// The text in exactly that language.
    #[must_use]
    pub fn exact(&self, locale: Locale) -> Option<&str> {
        self.0.get(&locale).map(String::as_str)
    }

    /// Puts a text in place of what was there in that language.
    pub fn set(&mut self, locale: Locale, text: String) {
        self.0.insert(locale, text);
    }

    /// Takes the text of that language away.
    pub fn remove(&mut self, locale: Locale) {
        self.0.remove(&locale);
    }

    /// Every language with its text.
    pub fn iter(&self) -> impl Iterator<Item = (Locale, &str)> {
        self.0.iter().map(|(locale, text)| (*locale, text.as_str()))
    }
}

impl FromIterator<(Locale, String)> for Texts {
    fn from_iter<I: IntoIterator<Item = (Locale, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

static FRENCH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("fr", include_str!("locale/fr.ftl")));
static ENGLISH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("en", include_str!("locale/en.ftl")));
static BAMBARA: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle("bm", include_str!("locale/bm.ftl")));

#[expect(clippy::expect_used, reason = "the files are compiled in, and a unit test reads them")]
fn bundle(language: &str, source: &str) -> FluentBundle<FluentResource> {
    let resource =
        FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| errors).expect("the embedded messages parse");
    let mut bundle = FluentBundle::new_concurrent(vec![language.parse().expect("a language tag")]);
    // The isolation marks around arguments help mixed-direction pages and spoil JSON that people read.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).expect("no message is given twice");
    bundle
}

/// Says the message `key` in a language, with its arguments in place. What Bambara has no words for yet is said in French.
///
/// A key or argument that is missing leaves the key or argument's name in the text, so a slip is seen and not fatal;
/// a unit test holds every error code against both files.
#[must_use]
pub fn message<'a>(locale: Locale, key: &str, args: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let bundle = match locale {
        Locale::Bm if BAMBARA.has_message(key) => &BAMBARA,
        Locale::Fr | Locale::Bm => &FRENCH,
        Locale::En => &ENGLISH,
    };
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let mut fluent_args = FluentArgs::new();
    for (name, value) in args {
        // Whole numbers go in as numbers, so that plurals are chosen; `007` is a name, not seven.
        match value.parse::<i64>() {
            Ok(number) if number.to_string() == value => fluent_args.set(name.to_owned(), number),
            Ok(_) | Err(_) => fluent_args.set(name.to_owned(), value.to_owned()),
        }
    }
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&fluent_args), &mut errors).into_owned()
}

/// Whether both languages have the message `key`.
#[must_use]
pub fn has_message(key: &str) -> bool {
    FRENCH.has_message(key) && ENGLISH.has_message(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_chooses_the_language() {
        assert_eq!(Locale::negotiate("en-GB,en;q=0.8,fr;q=0.5"), Locale::En);
        assert_eq!(Locale::negotiate("bm"), Locale::Bm);
        assert_eq!(Locale::negotiate("de,zh;q=0.3"), Locale::Fr);
        assert_eq!(Locale::negotiate("\u{0};;;q=,,"), Locale::Fr);
    }

    #[test]
    fn a_page_that_speaks_three_languages_has_all_its_sentences_in_each() {
        /// Of what is only for those who print: it is said in French.
        const FRENCH_WILL_DO: [&str; 2] = ["trace-page-label-how", "trace-page-label-not"];
        let sentences = |source: &str| -> Vec<String> {
            let lines = source.lines().filter(|line| line.starts_with("trace-page-"));
            lines.filter_map(|line| Some(line.split_once(" =")?.0.to_owned())).collect()
        };
        let french = sentences(include_str!("locale/fr.ftl"));
        assert_eq!(french, sentences(include_str!("locale/en.ftl")));
        let spoken = french.into_iter().filter(|key| !FRENCH_WILL_DO.contains(&key.as_str()));
        assert_eq!(spoken.collect::<Vec<_>>(), sentences(include_str!("locale/bm.ftl")));
    }

    #[test]
    fn what_bambara_has_no_words_for_is_said_in_french() {
        assert_eq!(message(Locale::Bm, "trace-page-weight", []), "Girinya");
        assert_eq!(message(Locale::Bm, "credential-page-valid", []), message(Locale::Fr, "credential-page-valid", []));
    }

    #[test]
    fn arguments_and_plurals_are_put_in_place() {
        let few = message(Locale::En, "error-too-many-attempts", [("minutes", "1")]);
        let many = message(Locale::En, "error-too-many-attempts", [("minutes", "5")]);
        assert!(few.contains("1 minute") && !few.contains("minutes"), "{few}");
        assert!(many.contains("5 minutes"), "{many}");
    }
}
