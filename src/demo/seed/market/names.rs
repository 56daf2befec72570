//! What made-up organizations are called: words that such names are made of, not names that anyone bears.

use crate::{
    demo::seed::dice::Dice,
    directory::model::{legal_form::LegalForm, organization::OrganizationKind},
};

const COOPERATIVE_NAMES: [&str; 24] = [
    "Benkadi",
    "Jigiya",
    "Danaya",
    "Badenya",
    "Sabougnouma",
    "Yiriwaton",
    "Sinignèsigui",
    "Niètaa",
    "Kanuya",
    "Lafia",
    "Hèrèmakono",
    "Djèkafo",
    "Benkola",
    "Anka Wili",
    "Djèkabaara",
    "Yèrèdèmè",
    "Sèbènya",
    "Musow Jigi",
    "Dembaya",
    "Faso Nièta",
    "Sira Kura",
    "Baarakèla",
    "Nafa",
    "Kènèya",
];
const FIRM_NAMES: [&str; 14] = [
    "Djoliba",
    "Sahel",
    "Wassoulou",
    "Kénédougou",
    "Mandé",
    "Bélédougou",
    "Ouagadou",
    "Karité",
    "Baobab",
    "Sanu",
    "Soleil",
    "Horizon",
    "Étoile",
    "Moisson",
];
const FIRM_TRADES: [&str; 7] = ["Agro", "Saveurs", "Produits", "Transformation", "Négoce", "Comptoir", "Délices"];
const FIRST_NAMES: [&str; 18] = [
    "Aminata",
    "Fatoumata",
    "Mariam",
    "Kadiatou",
    "Oumou",
    "Djénéba",
    "Awa",
    "Assitan",
    "Rokia",
    "Safiatou",
    "Hawa",
    "Nana",
    "Fanta",
    "Bintou",
    "Salimata",
    "Korotoumou",
    "Ténin",
    "Sira",
];
const FAMILY_NAMES: [&str; 18] = [
    "Traoré",
    "Coulibaly",
    "Diarra",
    "Keïta",
    "Koné",
    "Sanogo",
    "Dembélé",
    "Doumbia",
    "Touré",
    "Maïga",
    "Sissoko",
    "Diallo",
    "Sidibé",
    "Cissé",
    "Konaté",
    "Berthé",
    "Kanté",
    "Guindo",
];

/// A legal form and a name, which several may share.
pub(super) fn name(kind: OrganizationKind, dice: &mut Dice) -> (Option<LegalForm>, String) {
    let mut one_of = |names: &[&str]| dice.pick(names).copied().unwrap_or_default().to_owned();
    match kind {
        OrganizationKind::Cooperative => (Some(LegalForm::Scoops), format!("SCOOPS {}", one_of(&COOPERATIVE_NAMES))),
        OrganizationKind::MarketSeller => {
            (Some(LegalForm::SoleTrader), format!("{} {}", one_of(&FIRST_NAMES), one_of(&FAMILY_NAMES)))
        }
        OrganizationKind::Sme
        | OrganizationKind::Company
        | OrganizationKind::PublicBody
        | OrganizationKind::Certifier
        | OrganizationKind::SupportOrganization => {
            (Some(LegalForm::Sarl), format!("{} du {}", one_of(&FIRM_TRADES), one_of(&FIRM_NAMES)))
        }
    }
}
