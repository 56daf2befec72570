//! The README's tables are the program's own.

use std::fmt::Write;

use bfw::{
    api::limits::Limits,
    config::{SETTINGS, environment_name},
};

#[test]
fn the_table_of_settings_is_that_of_the_program() {
    let page = include_str!("../../../README.md");
    let mut table = String::from("| name | default | allowed | what it is for | reload |\n|---|---|---|---|---|\n");
    for setting in SETTINGS {
        let default = if setting.default.is_empty() { "–".to_owned() } else { format!("`{}`", setting.default) };
        let name = environment_name(setting.name);
        let reload = if setting.reloaded { "yes" } else { "–" };
        writeln!(table, "| `{name}` | {default} | {} | {} | {reload} |", setting.allowed, setting.meaning).unwrap();
    }
    let (_, rest) = page.split_once("<!-- settings -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- /settings -->").unwrap();
    assert_eq!(shown, table, "write this into README.md between the settings marks:\n{table}");
}

#[test]
fn the_table_of_limits_is_that_of_the_program() {
    let page = include_str!("../../../README.md");
    // Written out, so that a limit without a row does not compile.
    let Limits {
        body_bytes_max,
        tokens_max,
        nesting_max,
        word_bytes_max,
        expanded_selections_max,
        aliases_max,
        root_fields_max,
        directives_max,
        operations_max,
        introspection_lists_max,
        depth_max,
        complexity_max,
        errors_max,
        execution_ms_max,
    } = Limits::default();
    let rows = [
        ("bytes of a request body", body_bytes_max.to_string()),
        ("tokens of a document", tokens_max.to_string()),
        ("brackets open at once", nesting_max.to_string()),
        ("bytes of one name or number", word_bytes_max.to_string()),
        ("fields and spreads once every fragment is written out", expanded_selections_max.to_string()),
        ("aliases once every fragment is written out", aliases_max.to_string()),
        ("fields directly under `Query` or `Mutation`", root_fields_max.to_string()),
        ("directives once every fragment is written out", directives_max.to_string()),
        ("operations in a document", operations_max.to_string()),
        ("lists of the schema's members on a path of an introspection", introspection_lists_max.to_string()),
        ("fields on the longest path", depth_max.to_string()),
        (
            "cost of an operation: a field counts 1, a page as many times what is in it as it is long",
            complexity_max.to_string(),
        ),
        ("errors listed in an answer", errors_max.to_string()),
        ("milliseconds an operation may run (`BFW_REQUEST_SECONDS`)", execution_ms_max.to_string()),
    ];
    let mut table = String::from("| limit | at most |\n|---|---|\n");
    for (limit, most) in rows {
        writeln!(table, "| {limit} | {most} |").unwrap();
    }
    let (_, rest) = page.split_once("<!-- limits -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- /limits -->").unwrap();
    assert_eq!(shown, table, "write this into README.md between the limits marks:\n{table}");
}
