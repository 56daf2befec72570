//! What of a credential people are shown.

use serde_json::Value;

/// A credential in the words that it was issued with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// What it is called.
    pub name: String,
    /// Whoever holds it.
    pub holder: Option<String>,
    /// Her registration: the register and the number there.
    pub registration: Option<(String, String)>,
    /// The definition of ownership that she answers, and where it is from.
    pub definition: Option<(String, String)>,
    /// Who certified, where that is not who issued.
    pub certifier: Option<String>,
    /// Who issued, by name.
    pub issuer: String,
    /// The products that it covers.
    pub products: Vec<String>,
    /// The sites that it covers.
    pub sites: Vec<String>,
}

impl Shown {
    /// Reads a credential of either kind. What it does not say is left empty.
    #[must_use]
    pub fn of(said: &Value) -> Self {
        let subject = &said["credentialSubject"];
        let party = if subject["issuedToParty"].is_object() { &subject["issuedToParty"] } else { subject };
        let assessments = subject["assessment"].as_array().map(Vec::as_slice).unwrap_or_default();
        let named = |list: &str, thing: &str| -> Vec<String> {
            let all = assessments.iter().filter_map(|one| one[list].as_array()).flatten();
            all.filter_map(|one| text(&one[thing]["name"])).collect()
        };
        Self {
            name: text(&said["name"]).unwrap_or_default(),
            holder: text(&party["name"]),
            registration: text(&party["idScheme"]["name"]).zip(text(&party["registeredId"])),
            definition: text(&subject["ownershipDefinitionName"]).zip(text(&subject["ownershipSource"])),
            certifier: assessments.iter().find_map(|one| text(&one["auditor"]["name"])),
            issuer: text(&said["issuer"]["name"]).unwrap_or_default(),
            products: named("assessedProduct", "product"),
            sites: named("assessedFacility", "facility"),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
