//! The README's table of settings is the program's own.

use std::fmt::Write;

use bfw::config::{SETTINGS, environment_name};

#[test]
fn the_table_of_settings_is_that_of_the_program() {
    let page = include_str!("../../../README.md");
    let mut table = String::from("| name | default | allowed | what it is for |\n|---|---|---|---|\n");
    for setting in SETTINGS {
        let default = if setting.default.is_empty() { "–".to_owned() } else { format!("`{}`", setting.default) };
        let name = environment_name(setting.name);
        writeln!(table, "| `{name}` | {default} | {} | {} |", setting.allowed, setting.meaning).unwrap();
    }
    let (_, rest) = page.split_once("<!-- settings -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- /settings -->").unwrap();
    assert_eq!(shown, table, "write this into README.md between the settings marks:\n{table}");
}
