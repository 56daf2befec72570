//! Charts, drawn as SVG without a script: shares over time, and shares of parts beside each other.
//!
//! A chart shows no figure that the table beside it does not have. Colours are told apart by whoever sees few of them, and
//! patterns tell them apart without any.

use maud::{Markup, html};

/// Everything, in thousandths of a percent.
const WHOLE: i64 = 100_000;

const WIDTH: i64 = 720;
const LEFT: i64 = 48;
const RIGHT: i64 = 12;
const TOP: i64 = 12;
const PLOT_HEIGHT: i64 = 200;
const BOTTOM: i64 = 28;
/// Labels below the axis, at most: more would touch.
const LABELS_MAX: usize = 12;

const ROW_HEIGHT: i64 = 34;
const BAR_HEIGHT: i64 = 14;
/// Room for the share behind a bar.
const VALUE_WIDTH: i64 = 64;

/// A share at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The time, as it is shown.
    pub label: String,
    /// The share, in thousandths of a percent; none where there is nothing to have a share of, or it is not told.
    pub share: Option<i64>,
    /// What it was meant to be.
    pub target: Option<i64>,
}

/// What is divided into parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is, as it is shown.
    pub label: String,
    /// What of it is women's, what is not, and of what it is not known, in thousandths of a percent; all are 100 % together.
    /// None where it is not told.
    pub parts: Option<[i64; 3]>,
}

/// Shares over time, with the target as a broken line. `name` is what it shows, for whoever does not see it.
pub(super) fn over_time(name: &str, points: &[Point]) -> Markup {
    let highest = points.iter().flat_map(|point| [point.share, point.target]).flatten().max().unwrap_or(0);
    let (top, step) = scale(highest);
    let plot_width = WIDTH - LEFT - RIGHT;
    let count = i64::try_from(points.len().max(2)).unwrap_or(i64::MAX) - 1;
    let x = |index: usize| LEFT + plot_width * i64::try_from(index).unwrap_or(0) / count;
    let y = |share: i64| TOP + PLOT_HEIGHT - PLOT_HEIGHT * share / top;
    let every = points.len().div_ceil(LABELS_MAX).max(1);
    let height = TOP + PLOT_HEIGHT + BOTTOM;
    html! {
        svg class="chart" viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(name) {
            @for line in (0..=top / step).map(|line| line * step) {
                line class="grid" x1=(LEFT) x2=(WIDTH - RIGHT) y1=(y(line)) y2=(y(line)) {}
                text class="axis" x=(LEFT - 6) y=(y(line) + 4) text-anchor="end" { (line / 1_000) " %" }
            }
            @for (index, point) in points.iter().enumerate().filter(|(index, _)| index % every == 0) {
                text class="axis" x=(x(index)) y=(height - 8) text-anchor="middle" { (point.label) }
            }
            @for path in paths(points, |point| point.target, x, y) { polyline class="target" points=(path) {} }
            @for path in paths(points, |point| point.share, x, y) { polyline class="women" points=(path) {} }
            @for (index, share, label) in shown(points) {
                circle class="women" cx=(x(index)) cy=(y(share)) r="4" { title { (label) " : " (percent(share)) } }
            }
        }
    }
}

/// Parts of several things, one bar each.
pub(super) fn side_by_side(name: &str, rows: &[Row], not_told: &str) -> Markup {
    let height = ROW_HEIGHT * i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let full = WIDTH - VALUE_WIDTH;
    let width = |part: i64| full * part / WHOLE;
    html! {
        svg class="chart" viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(name) {
            (pattern())
            @for (index, row) in rows.iter().enumerate() {
                @let top = ROW_HEIGHT * i64::try_from(index).unwrap_or(0);
                text class="label" x="0" y=(top + 12) { (row.label) }
                @match row.parts {
                    Some([women, others, unknown]) => {
                        rect class="women" x="0" y=(top + 16) width=(width(women)) height=(BAR_HEIGHT) {}
                        rect class="others" x=(width(women)) y=(top + 16) width=(width(others)) height=(BAR_HEIGHT) {}
                        rect class="unknown" fill="url(#unknown)" x=(width(women) + width(others)) y=(top + 16)
                            width=(width(unknown)) height=(BAR_HEIGHT) {}
                        text class="value" x=(WIDTH) y=(top + 28) text-anchor="end" { (percent(women)) }
                    }
                    None => { text class="value" x="0" y=(top + 28) { (not_told) } }
                }
            }
        }
    }
}

/// Slanted lines for what is not known.
fn pattern() -> Markup {
    html! {
        defs {
            pattern id="unknown" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                line class="hatch" x1="0" y1="0" x2="0" y2="6" {}
            }
        }
    }
}

/// The least whole tens that a figure lies within, and how far lines are from each other: five lines at most, two at least.
fn scale(highest: i64) -> (i64, i64) {
    let tens = (highest.clamp(1, WHOLE) + 9_999) / 10_000;
    let step = if tens <= 5 { 10_000 } else { 20_000 };
    let top = (tens * 10_000 + step - 1) / step * step;
    (top, step)
}

/// The lines through what there is: where there is nothing, a line is broken.
fn paths(
    points: &[Point],
    of: impl Fn(&Point) -> Option<i64>,
    x: impl Fn(usize) -> i64,
    y: impl Fn(i64) -> i64,
) -> Vec<String> {
    let mut lines: Vec<Vec<String>> = vec![Vec::new()];
    for (index, point) in points.iter().enumerate() {
        match (of(point), lines.last_mut()) {
            (Some(share), Some(line)) => line.push(format!("{},{}", x(index), y(share))),
            (None, Some(line)) if !line.is_empty() => lines.push(Vec::new()),
            (Some(_) | None, _) => {}
        }
    }
    lines.into_iter().filter(|line| line.len() > 1).map(|line| line.join(" ")).collect()
}

fn shown(points: &[Point]) -> impl Iterator<Item = (usize, i64, &str)> {
    points.iter().enumerate().filter_map(|(index, point)| Some((index, point.share?, point.label.as_str())))
}

/// A share as the French write it, to a tenth: `27,4 %`. Halves are rounded up.
#[must_use]
pub fn percent(thousandths: i64) -> String {
    let tenths = (thousandths + 50) / 100;
    format!("{},{}\u{a0}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(label: &str, share: Option<i64>, target: Option<i64>) -> Point {
        Point { label: label.to_owned(), share, target }
    }

    #[test]
    fn shares_are_written_to_a_tenth() {
        assert_eq!(percent(27_350), "27,4\u{a0}%");
        assert_eq!(percent(27_349), "27,3\u{a0}%");
        assert_eq!(percent(0), "0,0\u{a0}%");
        assert_eq!(percent(WHOLE), "100,0\u{a0}%");
    }

    #[test]
    fn an_axis_ends_above_the_highest_figure() {
        assert_eq!(scale(0), (10_000, 10_000));
        assert_eq!(scale(27_400), (30_000, 10_000));
        assert_eq!(scale(50_000), (50_000, 10_000));
        assert_eq!(scale(50_001), (60_000, 20_000));
        assert_eq!(scale(81_000), (100_000, 20_000));
        assert_eq!(scale(WHOLE), (100_000, 20_000));
    }

    #[test]
    fn a_line_is_broken_where_nothing_is_known() {
        let points = [
            point("janv.", Some(10_000), None),
            point("févr.", Some(20_000), None),
            point("mars", None, None),
            point("avril", Some(30_000), None),
        ];
        let lines = paths(&points, |point| point.share, |index| i64::try_from(index).unwrap(), |share| share / 1_000);
        assert_eq!(lines, ["0,10 1,20"]);
        let drawn = over_time("Part", &points).into_string();
        assert_eq!(drawn.matches("<circle").count(), 3, "a single month is a point: {drawn}");
    }

    #[test]
    fn every_figure_of_a_chart_can_be_read_aloud() {
        let drawn = over_time("Part des femmes", &[point("2026-01", Some(27_400), Some(30_000))]).into_string();
        assert!(drawn.contains(r#"role="img" aria-label="Part des femmes""#), "{drawn}");
        assert!(drawn.contains("2026-01 : 27,4\u{a0}%"), "{drawn}");
    }

    #[test]
    fn parts_fill_the_bar_and_what_is_not_told_is_said() {
        let rows = [
            Row { label: "Ségou".to_owned(), parts: Some([25_000, 50_000, 25_000]) },
            Row { label: "Mopti".to_owned(), parts: None },
        ];
        let drawn = side_by_side("Régions", &rows, "non communiqué").into_string();
        assert!(drawn.contains(r#"class="women" x="0" y="16" width="164""#), "{drawn}");
        assert!(drawn.contains(r#"class="others" x="164" y="16" width="328""#), "{drawn}");
        assert!(drawn.contains("25,0\u{a0}%") && drawn.contains("non communiqué"), "{drawn}");
    }

    #[test]
    fn a_label_cannot_become_markup() {
        let rows = [Row { label: "<script>".to_owned(), parts: None }];
        assert!(!side_by_side("x", &rows, "y").into_string().contains("<script>"));
    }
}
