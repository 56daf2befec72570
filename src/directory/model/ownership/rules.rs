//! Definitions as dated, versioned rules, read from `definitions.toml` or from a file of the operator's.

use chrono::NaiveDate;
use serde::Deserialize;

use super::super::text_enum::text_enum;
use super::percent::Percent;

text_enum! {
    /// A definition of what makes an organization owned or led by women.
    pub enum Definition {
        /// Women-owned business after ISO IWA 34: more than half owned, managed and controlled by women, with a woman signatory, and independent.
        Iwa34WomenOwned = "IWA34_WOMEN_OWNED",
        /// Women-led business after ISO IWA 34: a quarter owned by women, managed by women, with a third of the board, a woman signatory, and independent.
        Iwa34WomenLed = "IWA34_WOMEN_LED",
        /// Women-owned business after UN Women and the UN Global Marketplace: 51 % owned by women, who control it unconditionally.
        UnWomenOwned = "UN_WOMEN_OWNED",
        /// Women-owned enterprise after the International Finance Corporation: 51 % owned by women; or 20 %, with a woman chief executive and 30 % of the board.
        IfcWomenOwned = "IFC_WOMEN_OWNED",
        /// Women's cooperative: a cooperative most of whose members and leaders are women. Men are never excluded.
        WomensCooperative = "WOMENS_COOPERATIVE",
    }
}

impl Definition {
    /// The key of its name in people's languages.
    #[must_use]
    pub const fn name_key(self) -> &'static str {
        match self {
            Self::Iwa34WomenOwned => "ownership-definition-iwa34-women-owned",
            Self::Iwa34WomenLed => "ownership-definition-iwa34-women-led",
            Self::UnWomenOwned => "ownership-definition-un-women-owned",
            Self::IfcWomenOwned => "ownership-definition-ifc-women-owned",
            Self::WomensCooperative => "ownership-definition-womens-cooperative",
        }
    }

    /// What the subject of a credential is called that says that an organization satisfies it: an organization has one for
    /// each definition.
    #[must_use]
    pub const fn credential_subject(self) -> &'static str {
        match self {
            Self::Iwa34WomenOwned => "organization:iwa34_women_owned",
            Self::Iwa34WomenLed => "organization:iwa34_women_led",
            Self::UnWomenOwned => "organization:un_women_owned",
            Self::IfcWomenOwned => "organization:ifc_women_owned",
            Self::WomensCooperative => "organization:womens_cooperative",
        }
    }
}

text_enum! {
    /// How sure we are that a rule says what its source says.
    pub enum Certainty {
        /// Held against a public source.
        Verified = "VERIFIED",
        /// Concluded from a public source.
        Inferred = "INFERRED",
        /// From memory: hold it against the document before money depends on it.
        Remembered = "REMEMBERED",
        /// A choice of this marketplace.
        Configured = "CONFIGURED",
    }
}

/// How much is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// The share itself is enough.
    AtLeast(Percent),
    /// The share must be exceeded.
    MoreThan(Percent),
}

impl Threshold {
    /// The share that must be reached or exceeded.
    #[must_use]
    pub const fn percent(self) -> Percent {
        match self {
            Self::AtLeast(percent) | Self::MoreThan(percent) => percent,
        }
    }

    /// Whether a share reaches it.
    #[must_use]
    pub fn is_met_by(self, share: Percent) -> bool {
        match self {
            Self::AtLeast(least) => share >= least,
            Self::MoreThan(bound) => share > bound,
        }
    }

    /// Whether `part` of `whole` persons reach it, without rounding. Of nobody, nothing is a share.
    #[must_use]
    pub fn is_met_by_count(self, part: i64, whole: i64) -> bool {
        let part = i128::from(part) * i128::from(Percent::WHOLE.thousandths());
        let needed = i128::from(whole) * i128::from(self.percent().thousandths());
        whole > 0
            && match self {
                Self::AtLeast(_) => part >= needed,
                Self::MoreThan(_) => part > needed,
            }
    }

    /// Whether no share at all can reach it.
    fn is_unreachable(self) -> bool {
        self == Self::MoreThan(Percent::WHOLE)
    }
}

/// What must hold. A tree: criteria, joined by "all of" and "any of".
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Every one of these.
    All(Vec<Rule>),
    /// One of these is enough.
    Any(Vec<Rule>),
    /// Share of the organization that women own.
    WomenOwned(Threshold),
    /// Share of the management posts that women hold.
    WomenManagement(Threshold),
    /// Share of the board that women hold; holds of itself where there is no board.
    WomenBoardWhereOneExists(Threshold),
    /// Share of women among the members.
    WomenMembers(Threshold),
    /// A woman signs the legal documents and for the accounts.
    WomanSignatory,
    /// Run independently of businesses that women do not own.
    OperatedIndependently,
    /// A woman is chief executive or chief operating officer.
    WomanChiefExecutive,
    /// The organization is a cooperative.
    Cooperative,
}

/// A definition as it stands in a period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// What it defines.
    pub definition: Definition,
    /// Names these very rules, for good.
    pub version: String,
    /// First day in force.
    pub valid_from: NaiveDate,
    /// Last day in force; `None` is until further notice.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
    /// Where the rules come from.
    pub source: String,
    /// How sure we are of that.
    pub certainty: Certainty,
    /// What must hold.
    pub rule: Rule,
}

impl RuleSet {
    fn in_force(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// Why rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleBookError {
    /// Not TOML, or a name or number in it is not understood.
    #[error("cannot read the ownership definitions: {0}")]
    Syntax(String),
    /// A definition has no rules.
    #[error("definition {0} has no rules")]
    Missing(Definition),
    /// Two rule sets of one definition share a day, or a period ends before it begins.
    #[error("the periods of {first} and {second} overlap")]
    Overlap {
        /// One version.
        first: String,
        /// The other.
        second: String,
    },
    /// A version names two rule sets.
    #[error("version {0} is given twice")]
    DuplicateVersion(String),
    /// A rule that nothing, or everything, satisfies.
    #[error("version {version}: {reason}")]
    Senseless {
        /// The rule set.
        version: String,
        /// What is wrong.
        reason: &'static str,
    },
}

/// Every definition with its rules over time.
#[derive(Debug, Clone)]
pub struct RuleBook {
    sets: Vec<RuleSet>,
}

impl RuleBook {
    /// The definitions that come with the program.
    ///
    /// # Errors
    /// Never with the file as shipped, which a test reads.
    pub fn embedded() -> Result<Self, RuleBookError> {
        Self::parse(include_str!("definitions.toml"))
    }

    /// Reads definitions in the form of `definitions.toml`.
    ///
    /// # Errors
    /// Says the first thing that is wrong with them: see [`RuleBookError`].
    pub fn parse(text: &str) -> Result<Self, RuleBookError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            rules: Vec<RuleSet>,
        }
        let File { rules: mut sets } =
            toml::from_str(text).map_err(|error| RuleBookError::Syntax(error.to_string()))?;
        sets.sort_by_key(|set| (set.definition, set.valid_from));
        for set in &sets {
            check_rule(&set.rule)
                .map_err(|reason| RuleBookError::Senseless { version: set.version.clone(), reason })?;
            if set.valid_to.is_some_and(|to| to < set.valid_from) {
                return Err(RuleBookError::Overlap { first: set.version.clone(), second: set.version.clone() });
            }
            if sets.iter().filter(|other| other.version == set.version).count() > 1 {
                return Err(RuleBookError::DuplicateVersion(set.version.clone()));
            }
        }
        for pair in sets.windows(2) {
            let [first, second] = pair else { continue };
            if first.definition == second.definition && first.in_force(second.valid_from) {
                return Err(RuleBookError::Overlap { first: first.version.clone(), second: second.version.clone() });
            }
        }
        match Definition::ALL.iter().find(|wanted| sets.iter().all(|set| set.definition != **wanted)) {
            Some(missing) => Err(RuleBookError::Missing(*missing)),
            None => Ok(Self { sets }),
        }
    }

    /// The rules of a definition on a day; `None` before they existed or after they ended.
    #[must_use]
    pub fn in_force(&self, definition: Definition, day: NaiveDate) -> Option<&RuleSet> {
        self.sets.iter().find(|set| set.definition == definition && set.in_force(day))
    }

    /// The days on which other rules of a definition came into force, or none were any more.
    pub fn turning_days(&self, definition: Definition) -> impl Iterator<Item = NaiveDate> {
        let sets = self.sets.iter().filter(move |set| set.definition == definition);
        sets.flat_map(|set| [Some(set.valid_from), set.valid_to.and_then(|last| last.succ_opt())]).flatten()
    }

    /// Every rule set, by definition, oldest first.
    #[must_use]
    pub fn sets(&self) -> &[RuleSet] {
        &self.sets
    }
}

fn check_rule(rule: &Rule) -> Result<(), &'static str> {
    match rule {
        Rule::All(rules) | Rule::Any(rules) if rules.is_empty() => Err("an empty list of rules"),
        Rule::All(rules) | Rule::Any(rules) => rules.iter().try_for_each(check_rule),
        Rule::WomenMembers(threshold) if threshold.percent() == Percent::WHOLE => {
            Err("a cooperative may not be asked to exclude men (OHADA uniform act on cooperatives)")
        }
        Rule::WomenOwned(threshold)
        | Rule::WomenManagement(threshold)
        | Rule::WomenBoardWhereOneExists(threshold)
        | Rule::WomenMembers(threshold)
            if threshold.is_unreachable() =>
        {
            Err("more than 100 % cannot be reached")
        }
        Rule::WomenOwned(_)
        | Rule::WomenManagement(_)
        | Rule::WomenBoardWhereOneExists(_)
        | Rule::WomenMembers(_)
        | Rule::WomanSignatory
        | Rule::OperatedIndependently
        | Rule::WomanChiefExecutive
        | Rule::Cooperative => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The shipped definitions with one rule set exchanged for `text`.
    fn with_cooperative_rules(text: &str) -> Result<RuleBook, RuleBookError> {
        let shipped = include_str!("definitions.toml");
        let cut = shipped.rfind("[[rules]]").unwrap();
        RuleBook::parse(&format!("{}{text}", &shipped[..cut]))
    }

    #[test]
    fn every_shipped_definition_is_in_force_today_with_a_source() {
        let book = RuleBook::embedded().unwrap();
        for definition in Definition::ALL {
            let set = book.in_force(*definition, day("2026-11-01")).unwrap();
            assert!(!set.source.is_empty(), "{definition}");
            assert!(set.version.starts_with(definition.as_str()), "{}", set.version);
        }
    }

    #[test]
    fn rules_follow_one_another_by_day() {
        let book = with_cooperative_rules(
            r#"
            [[rules]]
            definition = "WOMENS_COOPERATIVE"
            version = "A"
            valid_from = "2011-05-15"
            valid_to = "2024-12-31"
            source = "test"
            certainty = "CONFIGURED"
            rule.women_members.more_than = "50"
            [[rules]]
            definition = "WOMENS_COOPERATIVE"
            version = "B"
            valid_from = "2025-01-01"
            source = "test"
            certainty = "CONFIGURED"
            rule.women_members.at_least = "60"
            "#,
        )
        .unwrap();
        let version = |on| book.in_force(Definition::WomensCooperative, day(on)).map(|set| set.version.as_str());
        assert_eq!(version("2011-05-14"), None);
        assert_eq!(version("2024-12-31"), Some("A"));
        assert_eq!(version("2025-01-01"), Some("B"));
    }

    #[test]
    fn rules_that_make_no_sense_are_refused_with_the_reason() {
        let cooperative = |rule: &str, rest: &str| {
            with_cooperative_rules(&format!(
                "[[rules]]\ndefinition = \"WOMENS_COOPERATIVE\"\nversion = \"A\"\nvalid_from = \"2020-01-01\"\n\
                 source = \"test\"\ncertainty = \"CONFIGURED\"\n{rule}\n{rest}"
            ))
            .map(|_| ())
        };
        let excluding_men = cooperative("rule.women_members.at_least = \"100\"", "");
        assert!(matches!(excluding_men, Err(RuleBookError::Senseless { .. })), "{excluding_men:?}");
        let unreachable = cooperative("rule.women_owned.more_than = \"100\"", "");
        assert!(matches!(unreachable, Err(RuleBookError::Senseless { .. })), "{unreachable:?}");
        let empty = cooperative("rule.all = []", "");
        assert!(matches!(empty, Err(RuleBookError::Senseless { .. })), "{empty:?}");
        let backwards = cooperative("rule = \"cooperative\"\nvalid_to = \"2019-12-31\"", "");
        assert!(matches!(backwards, Err(RuleBookError::Overlap { .. })), "{backwards:?}");
        let overlapping = cooperative(
            "rule = \"cooperative\"",
            "[[rules]]\ndefinition = \"WOMENS_COOPERATIVE\"\nversion = \"B\"\nvalid_from = \"2024-01-01\"\n\
             source = \"test\"\ncertainty = \"CONFIGURED\"\nrule = \"cooperative\"",
        );
        assert!(matches!(overlapping, Err(RuleBookError::Overlap { .. })), "{overlapping:?}");
        let misspelt = cooperative("rule = \"cooperativ\"", "");
        assert!(matches!(misspelt, Err(RuleBookError::Syntax(_))), "{misspelt:?}");
        assert_eq!(with_cooperative_rules("").map(|_| ()), Err(RuleBookError::Missing(Definition::WomensCooperative)));
    }
}
