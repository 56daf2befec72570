//! `#[db_test]`: one test, written once, run on SQLite and on PostgreSQL.

use proc_macro::{TokenStream, TokenTree};

/// Makes two tests, `name::sqlite` and `name::postgres`, of one `async fn name(fixture: F)`.
///
/// `F` is anything that implements the harness's `Fixture`: a whole application (`TestApp`) or a bare, migrated
/// database (`TestDatabase`). Each of the two tests gets one of its own.
#[proc_macro_attribute]
pub fn db_test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    if !arguments.is_empty() {
        return error("`#[db_test]` takes no arguments");
    }
    let Some(name) = function_name(&item) else {
        return error("`#[db_test]` stands on an `async fn` that takes a fixture");
    };
    // A module and a function may bear the same name, so the function stays as it is written, and so do its spans.
    let tests = format!(
        "mod {name} {{
            #[test]
            fn sqlite() {{
                crate::harness::run(crate::harness::Backend::Sqlite, super::{name});
            }}

            #[test]
            fn postgres() {{
                crate::harness::run(crate::harness::Backend::Postgres, super::{name});
            }}
        }}"
    );
    let tests: TokenStream = match tests.parse() {
        Ok(tests) => tests,
        Err(_) => return error("the name of the test cannot be used as a module"),
    };
    item.into_iter().chain(tests).collect()
}

/// The identifier after `async fn`.
fn function_name(item: &TokenStream) -> Option<String> {
    let mut words = item.clone().into_iter().map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        TokenTree::Punct(_) | TokenTree::Group(_) | TokenTree::Literal(_) => None,
    });
    words.find(|word| word.as_deref() == Some("async"))?;
    words.next().flatten().filter(|word| word == "fn")?;
    words.next().flatten()
}

fn error(message: &str) -> TokenStream {
    format!("compile_error!({message:?});").parse().unwrap_or_default()
}
