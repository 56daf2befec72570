//! The officer's page: what share of what is bought goes to women, where requests stand, what is paid late.
//!
//! Each chart stands with its table, and each table can be had as a file.

mod chart;
mod sign_in;
mod table;

use std::sync::LazyLock;

use axum::http::HeaderValue;
use chrono::NaiveDate;
use maud::{Markup, html};

pub use chart::{Point, Row, percent};
pub use sign_in::{Refused, sign_in};
pub use table::{Cell, Table};

use super::{document, say};
use crate::kernel::locale::{Locale, message};

const STYLE: &str = include_str!("dashboard.css");

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| super::policy_of_forms(&[super::STYLE, STYLE]));

/// The content security policy of these pages: forms may be sent to where they come from.
#[must_use]
pub fn policy() -> HeaderValue {
    POLICY.clone()
}

/// What is asked of the page, as its form shows it again.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The wire id of the buyer; all buyers where there is none.
    pub buyer: Option<String>,
    /// The first day.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
    /// The word of the definition.
    pub definition: &'static str,
    /// The word of the least level of evidence.
    pub at_least: &'static str,
}

/// A figure in large letters.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The key of what it is called.
    pub key: &'static str,
    /// The figure, as it is shown.
    pub value: String,
    /// What makes it easier to judge.
    pub note: Option<String>,
}

/// A chart with what it is drawn from.
#[derive(Debug, Clone)]
pub enum Picture {
    /// Shares over time.
    OverTime(Vec<Point>),
    /// Parts beside each other.
    SideBySide(Vec<Row>),
    /// No picture: a table says it better.
    None,
}

/// A part of the page.
#[derive(Debug, Clone)]
pub struct Section {
    /// Names it in addresses.
    pub name: &'static str,
    /// The key of its heading.
    pub key: &'static str,
    /// What is drawn.
    pub picture: Picture,
    /// The same in figures.
    pub table: Table,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// Who reads it.
    pub reader: String,
    /// What was asked.
    pub asked: Asked,
    /// The buyers that the reader may ask about: wire ids and names.
    pub buyers: Vec<(String, String)>,
    /// Definitions to choose from.
    pub definitions: Vec<&'static str>,
    /// Levels of evidence to choose from.
    pub levels: Vec<&'static str>,
    /// The figures.
    pub figures: Vec<Figure>,
    /// The parts.
    pub sections: Vec<Section>,
    /// When it was put together, as it is shown.
    pub as_of: String,
}

impl Dashboard {
    /// What addresses of its files say after the question mark.
    fn query(&self) -> String {
        let asked = &self.asked;
        let buyer = asked.buyer.as_ref().map(|buyer| format!("&buyer={buyer}")).unwrap_or_default();
        let (from, to) = (asked.from, asked.to);
        format!("from={from}&to={to}&definition={}&evidence={}{buyer}", asked.definition, asked.at_least)
    }
}

/// The page as it is sent.
#[must_use]
pub fn page(language: Locale, dashboard: &Dashboard) -> String {
    let content = html! {
        header {
            h1 { (say(language, "dashboard-title")) }
            form method="post" action="/dashboard/sign-out" class="who" {
                span { (dashboard.reader) }
                button { (say(language, "dashboard-sign-out")) }
            }
        }
        (choice(language, dashboard))
        section class="figures" {
            @for figure in &dashboard.figures {
                div class="figure" {
                    h2 { (say(language, figure.key)) }
                    p class="value" { (figure.value) }
                    @if let Some(note) = &figure.note { p class="note" { (note) } }
                }
            }
        }
        @for section in &dashboard.sections { (part(language, dashboard, section)) }
        footer { (message(language, "dashboard-as-of", [("at", dashboard.as_of.as_str())])) }
    };
    let body = html! { main class="wide" { (content) } };
    document(language_code(language), &say(language, "dashboard-title"), &[super::STYLE, STYLE], &body)
}

fn language_code(language: Locale) -> &'static str {
    match language {
        Locale::Fr | Locale::Bm => "fr",
        Locale::En => "en",
    }
}

/// The form that asks for something else.
fn choice(language: Locale, dashboard: &Dashboard) -> Markup {
    let asked = &dashboard.asked;
    html! {
        form method="get" action="/dashboard" class="choice" {
            label {
                (say(language, "dashboard-buyer"))
                select name="buyer" {
                    @for (id, name) in &dashboard.buyers {
                        option value=(id) selected[asked.buyer.as_deref().unwrap_or("") == id.as_str()] { (name) }
                    }
                }
            }
            label { (say(language, "dashboard-from")) input type="date" name="from" value=(asked.from) required; }
            label { (say(language, "dashboard-to")) input type="date" name="to" value=(asked.to) required; }
            label {
                (say(language, "dashboard-definition"))
                select name="definition" {
                    @for word in &dashboard.definitions {
                        option value=(word) selected[*word == asked.definition] { (say(language, &key_of("definition", word))) }
                    }
                }
            }
            label {
                (say(language, "dashboard-evidence"))
                select name="evidence" {
                    @for word in &dashboard.levels {
                        option value=(word) selected[*word == asked.at_least] { (say(language, &key_of("level", word))) }
                    }
                }
            }
            button { (say(language, "dashboard-show")) }
        }
    }
}

/// The key of a word's name: `dashboard-level-self-declared`.
fn key_of(kind: &str, word: &str) -> String {
    format!("dashboard-{kind}-{}", word.to_ascii_lowercase().replace('_', "-"))
}

fn part(language: Locale, dashboard: &Dashboard, section: &Section) -> Markup {
    let heading = say(language, section.key);
    let not_told = say(language, "dashboard-not-told");
    html! {
        section id=(section.name) {
            h2 { (heading) }
            @match &section.picture {
                Picture::OverTime(points) if !points.is_empty() => {
                    div class="scroll" { (chart::over_time(&heading, points)) }
                    p class="legend" {
                        span class="women" { (say(language, "dashboard-women")) }
                        span class="target" { (say(language, "dashboard-target")) }
                    }
                }
                Picture::SideBySide(rows) if !rows.is_empty() => {
                    div class="scroll" { (chart::side_by_side(&heading, rows, &not_told)) }
                    p class="legend" {
                        span class="women" { (say(language, "dashboard-women")) }
                        span class="others" { (say(language, "dashboard-others")) }
                        span class="unknown" { (say(language, "dashboard-unknown")) }
                    }
                }
                Picture::OverTime(_) | Picture::SideBySide(_) | Picture::None => {}
            }
            @if section.table.rows.is_empty() {
                p { (say(language, "dashboard-nothing")) }
            } @else {
                @if matches!(section.picture, Picture::None) {
                    (section.table.markup(language))
                } @else {
                    details { summary { (say(language, "dashboard-as-table")) } (section.table.markup(language)) }
                }
                p class="download" {
                    a href=(format!("/dashboard/{}.csv?{}", section.name, dashboard.query())) download {
                        (say(language, "dashboard-download"))
                    }
                }
            }
        }
    }
}
