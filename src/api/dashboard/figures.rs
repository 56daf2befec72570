//! What the officer's page shows, put together from the rooms.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use serde::Deserialize;

use crate::{
    accounts::{
        Accounts, Actor, OrganizationId,
        policy::{Action, Facts, allowed},
    },
    app::App,
    contracts::Contracts,
    directory::{
        Directory,
        model::ownership::{Definition, EvidenceLevel},
    },
    insight::{
        AskReport, Insight,
        model::report::{
            figure::Figure as Told,
            ratio::Ratio,
            scope::GroupBy,
            told::{Names as _, Numbers, Report},
        },
    },
    kernel::{
        ErrorCode, Outcome, Rejections, Services, UserError,
        clock::rfc3339,
        error::excerpt,
        locale::{Locale, message},
        money::{Currency, Money},
    },
    procurement::Procurement,
    web::dashboard::{Asked, Cell, Dashboard, Figure, Picture, Point, Row, Section, Table, percent},
};

/// How far back the page looks where nobody says.
const USUAL: Months = Months::new(12);
/// Everything, in thousandths of a percent.
const WHOLE: i64 = 100_000;

/// The rooms that the page is put together from.
#[derive(Clone)]
pub(super) struct Rooms {
    services: Services,
    accounts: Accounts,
    directory: Directory,
    procurement: Procurement,
    contracts: Contracts,
    insight: Insight,
}

/// What an address asks for, as it was typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asking {
    buyer: Option<String>,
    from: Option<String>,
    to: Option<String>,
    definition: Option<String>,
    evidence: Option<String>,
}

impl Rooms {
    pub(super) fn of(app: &App) -> Self {
        Self {
            services: app.services.clone(),
            accounts: app.accounts.clone(),
            directory: app.directory.clone(),
            procurement: app.procurement.clone(),
            contracts: app.contracts.clone(),
            insight: app.insight.clone(),
        }
    }

    /// The page, as far as the actor may see it.
    pub(super) async fn dashboard(&self, actor: &Actor, asking: &Asking) -> Outcome<Dashboard> {
        let buyers = self.buyers(actor).await?;
        let usual = buyers.first().and_then(|(id, _)| id.parse().ok());
        let ask = self.read(asking, usual)?;
        let language = actor.request.locale;
        let whole = self.report(actor, ask, None).await?;
        let months = self.report(actor, ask, Some(GroupBy::Period)).await?;
        let regions = self.report(actor, ask, Some(GroupBy::Region)).await?;
        let products = self.report(actor, ask, Some(GroupBy::Product)).await?;
        let late = if allowed(actor, Action::ViewReports, &ask.buyer.map_or_else(Facts::none, Facts::of)) {
            Some(self.late(actor, ask.buyer, language).await?)
        } else {
            None
        };
        let mut sections = vec![
            Section {
                name: "share-over-time",
                key: "dashboard-over-time",
                picture: Picture::OverTime(over_time(&months)),
                table: time_table(&months),
            },
            self.side_by_side(
                actor,
                ("share-by-region", "dashboard-by-region", "dashboard-region"),
                &regions,
                language,
            )
            .await?,
            self.side_by_side(
                actor,
                ("share-by-product", "dashboard-by-product", "dashboard-product"),
                &products,
                language,
            )
            .await?,
            self.pipeline(actor, ask.buyer, language).await?,
        ];
        sections.extend(late);
        let reader = self.accounts.viewer(actor).await?.map(|account| account.name.to_string()).unwrap_or_default();
        Ok(Dashboard {
            reader,
            asked: Asked {
                buyer: ask.buyer.map(|buyer| buyer.to_string()),
                from: ask.from,
                to: ask.to,
                definition: ask.definition.as_str(),
                at_least: ask.at_least.as_str(),
            },
            buyers,
            definitions: Definition::ALL.iter().map(|definition| definition.as_str()).collect(),
            levels: EvidenceLevel::ALL.iter().map(|level| level.as_str()).collect(),
            figures: figures(&whole, language),
            sections,
            as_of: rfc3339(self.services.now()),
        })
    }

    async fn report(&self, actor: &Actor, ask: AskReport, group_by: Option<GroupBy>) -> Outcome<Report> {
        self.insight.gender_report(actor, AskReport { group_by, ..ask }, false).await
    }

    /// The buyers that the actor may ask about, all of them together at the end.
    async fn buyers(&self, actor: &Actor) -> Outcome<Vec<(String, String)>> {
        let own: Vec<OrganizationId> = actor.user().map(|user| user.memberships.organizations()).unwrap_or_default();
        let found = self.directory.organizations_by_ids(actor, &own).await?;
        let mut buyers: Vec<(String, String)> =
            found.into_values().map(|organization| (organization.id.to_string(), organization.name.clone())).collect();
        buyers.sort_by(|one, other| one.1.cmp(&other.1));
        buyers.push((String::new(), message(actor.request.locale, "dashboard-all-buyers", [])));
        Ok(buyers)
    }

    /// What is asked for, or everything that is wrong with it.
    fn read(&self, asking: &Asking, usual: Option<OrganizationId>) -> Outcome<AskReport> {
        let mut wrong = Rejections::default();
        let today = self.services.clock.today();
        let to = wrong.take(day(asking.to.as_deref(), today, "to")).unwrap_or(today);
        let begin = to.checked_sub_months(USUAL).unwrap_or(to);
        let from = wrong.take(day(asking.from.as_deref(), begin, "from")).unwrap_or(begin);
        let definition = wrong.take(word(asking.definition.as_deref(), Definition::Iwa34WomenOwned, "definition"));
        let at_least = wrong.take(word(asking.evidence.as_deref(), EvidenceLevel::DocumentVerified, "evidence"));
        let buyer = match asking.buyer.as_deref() {
            None => usual,
            Some("") => None,
            Some(typed) => {
                wrong.take(typed.parse().map_err(|error| UserError::from_id(&error, OrganizationId::PREFIX, ["buyer"])))
            }
        };
        wrong.finish()?;
        Ok(AskReport {
            buyer,
            from,
            to,
            definition: definition.unwrap_or(Definition::Iwa34WomenOwned),
            at_least: at_least.unwrap_or(EvidenceLevel::DocumentVerified),
            group_by: None,
        })
    }

    async fn side_by_side(
        &self,
        actor: &Actor,
        (name, key, column): (&'static str, &'static str, &'static str),
        report: &Report,
        language: Locale,
    ) -> Outcome<Section> {
        let names = self.insight.report_names(actor, report, language).await?;
        let (mut rows, mut table) = (Vec::new(), Vec::new());
        for (group, numbers) in groups(report, SHARE) {
            let label = names.group(group);
            let value = francs(numbers);
            let parts = value.and_then(parts);
            rows.push(Row { label: label.clone(), parts });
            table.push(share_row(Cell::Text(label), value, parts));
        }
        let columns = vec![column, "dashboard-share", "dashboard-value-women", "dashboard-value"];
        Ok(Section { name, key, picture: Picture::SideBySide(rows), table: Table { columns, rows: table } })
    }

    async fn pipeline(&self, actor: &Actor, buyer: Option<OrganizationId>, language: Locale) -> Outcome<Section> {
        let counted = self.procurement.pipeline(actor, buyer).await?;
        let row = |(status, count): (crate::procurement::ShownRequestStatus, i64)| {
            let key = format!("dashboard-request-{}", status.as_str().to_ascii_lowercase());
            let exact = count.to_string();
            vec![Cell::Text(message(language, &key, [])), Cell::Number { shown: exact.clone(), exact }]
        };
        let table = Table {
            columns: vec!["dashboard-state", "dashboard-requests"],
            rows: counted.into_iter().map(row).collect(),
        };
        Ok(Section { name: "requests", key: "dashboard-pipeline", picture: Picture::None, table })
    }

    async fn late(&self, actor: &Actor, buyer: Option<OrganizationId>, language: Locale) -> Outcome<Section> {
        let overdue = self.contracts.overdue(actor, buyer).await?;
        let suppliers: Vec<OrganizationId> = overdue.iter().map(|invoice| invoice.supplier).collect();
        let found = self.directory.organizations_by_ids(actor, &suppliers).await?;
        let today = self.services.clock.today();
        let row = |invoice: &crate::contracts::Invoice| {
            let supplier = found.get(&invoice.supplier).map_or_else(|| "–".to_owned(), |found| found.name.clone());
            let unpaid = Money { minor: invoice.unpaid_minor(), currency: invoice.currency };
            let days = (today - invoice.due_on).num_days().to_string();
            vec![
                Cell::Text(supplier),
                Cell::Text(invoice.number.clone()),
                Cell::Text(invoice.due_on.to_string()),
                Cell::Number { shown: days.clone(), exact: days },
                Cell::Number { shown: unpaid.formatted(language), exact: unpaid.amount() },
            ]
        };
        let columns =
            vec!["dashboard-supplier", "dashboard-invoice", "dashboard-due", "dashboard-days-late", "dashboard-unpaid"];
        let table = Table { columns, rows: overdue.iter().map(row).collect() };
        Ok(Section { name: "late-payments", key: "dashboard-late", picture: Picture::None, table })
    }
}

fn day(typed: Option<&str>, usual: NaiveDate, field: &'static str) -> Result<NaiveDate, UserError> {
    let Some(typed) = typed.filter(|typed| !typed.is_empty()) else { return Ok(usual) };
    let wrong = |_| UserError::new(ErrorCode::InvalidDate, [field]).with("value", excerpt(typed));
    typed.parse().map_err(wrong)
}

fn word<T: std::str::FromStr>(typed: Option<&str>, usual: T, field: &'static str) -> Result<T, UserError> {
    let Some(typed) = typed.filter(|typed| !typed.is_empty()) else { return Ok(usual) };
    let wrong = |_| UserError::new(ErrorCode::InvalidValue, [field]).with("value", excerpt(typed)).with("allowed", "–");
    typed.parse().map_err(wrong)
}

/// The share of value that goes to women.
const SHARE: &str = "GRP-02@1";
/// How far that is from the target.
const GAP: &str = "GRP-03@1";
/// The share of awards that goes to women.
const NUMBER: &str = "GRP-01@1";
/// What is paid in time.
const ON_TIME: &str = "GRP-14@1";
/// What of women's value is well evidenced.
const COVERAGE: &str = "GRP-20@1";
/// Of how many awards nothing is known.
const UNKNOWN: &str = "GRP-21@1";

fn numbers<'r>(report: &'r Report, formula: &str) -> Option<&'r Numbers> {
    report.indicators.iter().find(|told| told.indicator.formula == formula).map(|told| &told.all)
}

fn groups<'r>(report: &'r Report, formula: &str) -> impl Iterator<Item = (&'r str, &'r Numbers)> {
    let told = report.indicators.iter().find(|told| told.indicator.formula == formula);
    told.into_iter().flat_map(|told| told.groups.iter().map(|(key, numbers)| (key.as_str(), numbers)))
}

/// The figure in francs, or the first where there is none in francs: amounts of different currencies are never put together.
fn francs(numbers: &Numbers) -> Option<&Told> {
    let figures = || numbers.figures.iter();
    figures().find(|figure| figure.part == Currency::XOF.code()).or_else(|| figures().next())
}

/// What of a value is whose, in thousandths of a percent; rounded so that all are 100 % together.
fn parts(value: &Told) -> Option<[i64; 3]> {
    let share =
        |part: Option<Ratio>| part.zip(value.denominator).and_then(|(part, whole)| thousandths(part.over(whole)?));
    let (women, others) = (share(value.women)?, share(value.non_women)?);
    Some([women, others, (WHOLE - women - others).max(0)])
}

/// A share in thousandths of a percent.
fn thousandths(share: Ratio) -> Option<i64> {
    let scaled = share.times(Ratio::whole(i128::from(WHOLE)))?.decimal();
    scaled.split('.').next()?.parse().ok()
}

fn share_row(label: Cell, value: Option<&Told>, parts: Option<[i64; 3]>) -> Vec<Cell> {
    let amount = |amount: Option<Ratio>| {
        let text = amount.map_or_else(String::new, Ratio::decimal);
        Cell::Number { shown: if text.is_empty() { "–".to_owned() } else { text.clone() }, exact: text }
    };
    let share = match parts {
        Some([women, ..]) => {
            Cell::Number { shown: percent(women), exact: crate::kernel::decimal::format_scaled(women, 3) }
        }
        None => Cell::Number { shown: "–".to_owned(), exact: String::new() },
    };
    vec![label, share, amount(value.and_then(|value| value.women)), amount(value.and_then(|value| value.denominator))]
}

/// The target of a period, in thousandths of a percent.
fn target(numbers: &Numbers) -> Option<i64> {
    let figure = numbers.figures.iter().find(|figure| figure.part.starts_with("TARGET "))?;
    thousandths(figure.value?)
}

fn over_time(report: &Report) -> Vec<Point> {
    let targets: BTreeMap<&str, Option<i64>> =
        groups(report, GAP).map(|(key, numbers)| (key, target(numbers))).collect();
    let point = |(key, numbers): (&str, &Numbers)| Point {
        label: key.to_owned(),
        share: francs(numbers).and_then(parts).map(|[women, ..]| women),
        target: targets.get(key).copied().flatten(),
    };
    groups(report, SHARE).map(point).collect()
}

fn time_table(report: &Report) -> Table {
    let row = |(key, numbers): (&str, &Numbers)| {
        let value = francs(numbers);
        share_row(Cell::Text(key.to_owned()), value, value.and_then(parts))
    };
    let columns = vec!["dashboard-month", "dashboard-share", "dashboard-value-women", "dashboard-value"];
    Table { columns, rows: groups(report, SHARE).map(row).collect() }
}

/// The figures in large letters.
fn figures(report: &Report, language: Locale) -> Vec<Figure> {
    let shown = |share: Option<i64>| share.map_or_else(|| "–".to_owned(), percent);
    let value = |formula: &str| {
        let figure = numbers(report, formula).and_then(francs).and_then(|figure| figure.value);
        shown(figure.and_then(thousandths))
    };
    let share = numbers(report, SHARE).and_then(francs);
    let aimed = numbers(report, GAP).and_then(target);
    let note = aimed.map(|aimed| message(language, "dashboard-aimed-at", [("target", percent(aimed).as_str())]));
    let unknown = share
        .and_then(parts)
        .map(|[.., unknown]| message(language, "dashboard-of-unknown", [("share", percent(unknown).as_str())]));
    vec![
        Figure { key: "dashboard-figure-share", value: value(SHARE), note: note.or(unknown) },
        Figure { key: "dashboard-figure-number", value: value(NUMBER), note: None },
        Figure { key: "dashboard-figure-coverage", value: value(COVERAGE), note: None },
        Figure { key: "dashboard-figure-unknown", value: value(UNKNOWN), note: None },
        Figure { key: "dashboard-figure-on-time", value: value(ON_TIME), note: None },
    ]
}
