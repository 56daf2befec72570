//! The form in front of the officer's page.

use maud::html;

use super::super::{STYLE, document, say};
use crate::kernel::locale::Locale;

/// Why somebody is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Identifier and password do not go together.
    Credentials,
    /// She has tried too often.
    Attempts,
    /// The form was sent from somewhere else.
    Elsewhere,
}

/// The form, with why it is shown again.
#[must_use]
pub fn sign_in(language: Locale, refused: Option<Refused>) -> String {
    let key = refused.map(|refused| match refused {
        Refused::Credentials => "error-invalid-credentials",
        Refused::Attempts => "dashboard-too-many-attempts",
        Refused::Elsewhere => "dashboard-sent-from-elsewhere",
    });
    let title = say(language, "dashboard-title");
    let body = html! {
        main {
            h1 { (title) }
            @if let Some(key) = key { p class="status ended" role="alert" { (say(language, key)) } }
            form method="post" action="/dashboard/sign-in" class="sign-in" {
                label {
                    (say(language, "dashboard-identifier"))
                    input name="identifier" autocomplete="username" required maxlength="320" autofocus;
                }
                label {
                    (say(language, "dashboard-password"))
                    input name="password" type="password" autocomplete="current-password" required maxlength="1024";
                }
                button { (say(language, "dashboard-sign-in")) }
            }
        }
    };
    document(super::language_code(language), &title, &[STYLE, super::STYLE], &body)
}
