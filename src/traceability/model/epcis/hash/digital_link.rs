//! Names of things that GS1 keys identify, in one form: the canonical GS1 Digital Link
//! (CBV 2.0, section 8.9.1, rules 17 and 18).

/// The canonical form of an EPC, a class or pattern of EPCs, or a Digital Link. None for everything else.
pub(super) fn canonical(uri: &str) -> Option<String> {
    if let Some(epc) = uri.strip_prefix("urn:epc:") {
        let (kind, rest) = epc.split_once(':')?;
        let (scheme, rest) = rest.split_once(':')?;
        return match kind {
            "id" => of_epc(scheme, rest),
            "class" if scheme == "lgtin" => {
                let (gtin, lot) = gtin(rest)?;
                escaped(lot, 1..=20, LETTERS).map(|lot| link("01", &gtin, Some(("10", &lot))))
            }
            "idpat" => of_pattern(scheme, rest),
            _ => None,
        };
    }
    of_link(uri)
}

/// Signs that percent-encoded or plain may stand in a serial number.
type Letters = fn(u8) -> bool;
const LETTERS: Letters = |byte| {
    byte.is_ascii_alphanumeric() || matches!(byte, b'!'..=b'/' | b':'..=b'?' | b'_') && !b"\"#$%&/<>?".contains(&byte)
};
const COMPONENT: Letters = |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';

fn of_epc(scheme: &str, rest: &str) -> Option<String> {
    let serial = |text: &str, max: usize| escaped(text, 1..=max, LETTERS);
    Some(match scheme {
        "sgtin" => {
            let (gtin, tail) = gtin(rest)?;
            link("01", &gtin, Some(("21", &serial(tail, 20)?)))
        }
        "upui" => {
            let (gtin, tail) = gtin(rest)?;
            link("01", &gtin, Some(("235", &serial(tail, 28)?)))
        }
        "itip" => {
            let (gtin, tail) = gtin(rest)?;
            let (pieces, tail) = pieces(tail)?;
            link("8006", &format!("{gtin}{pieces}"), Some(("21", &serial(tail, 20)?)))
        }
        "sscc" => {
            let (prefix, reference) = exact(rest, 17)?;
            let (extension, serial) = reference.split_at_checked(1)?;
            link("00", &checked(&format!("{extension}{prefix}{serial}")), None)
        }
        "gsrn" => link("8018", &whole(rest, 17)?, None),
        "gsrnp" => link("8017", &whole(rest, 17)?, None),
        "gsin" => link("402", &whole(rest, 16)?, None),
        "pgln" => link("417", &whole(rest, 12)?, None),
        "sgln" => {
            let (gln, extension) = part(rest, 12)?;
            let extension = serial(extension, 20)?;
            link("414", &checked(&gln), (extension != "0").then_some(("254", extension.as_str())))
        }
        "grai" => {
            let (asset, tail) = part(rest, 12)?;
            link("8003", &format!("{}{}", checked(&format!("0{asset}")), serial(tail, 16)?), None)
        }
        "gdti" => {
            let (document, tail) = part(rest, 12)?;
            link("253", &format!("{}{}", checked(&document), serial(tail, 19)?), None)
        }
        "sgcn" => {
            let (coupon, tail) = part(rest, 12)?;
            link("255", &format!("{}{}", checked(&coupon), digits(tail, 1..=12)?), None)
        }
        "giai" | "ginc" => {
            let (prefix, reference) = prefixed(rest)?;
            let reference = serial(reference, 30 - prefix.len())?;
            link(if scheme == "giai" { "8004" } else { "401" }, &format!("{prefix}{reference}"), None)
        }
        "cpi" => {
            let (prefix, tail) = prefixed(rest)?;
            let (component, tail) = tail.rsplit_once('.')?;
            let component = escaped(component, 1..=30 - prefix.len(), COMPONENT)?;
            link("8010", &format!("{prefix}{component}"), Some(("8011", digits(tail, 1..=12)?)))
        }
        _ => return None,
    })
}

fn of_pattern(scheme: &str, rest: &str) -> Option<String> {
    let rest = rest.strip_suffix(".*")?;
    Some(match scheme {
        "sgtin" | "upui" => link("01", &gtin_of(rest)?, None),
        "grai" => link("8003", &checked(&format!("0{}", exact_joined(rest, 12)?)), None),
        "gdti" => link("253", &whole(rest, 12)?, None),
        "sgcn" => link("255", &whole(rest, 12)?, None),
        "cpi" => {
            let (prefix, component) = prefixed(rest)?;
            link("8010", &format!("{prefix}{}", escaped(component, 1..=30 - prefix.len(), COMPONENT)?), None)
        }
        "itip" => {
            let (before, total) = rest.rsplit_once('.')?;
            let (item, piece) = before.rsplit_once('.')?;
            let (piece, total) = (digits(piece, 2..=2)?, digits(total, 2..=2)?);
            link("8006", &format!("{}{piece}{total}", gtin_of(item)?), None)
        }
        _ => return None,
    })
}

fn link(key: &str, value: &str, qualifier: Option<(&str, &str)>) -> String {
    let begin = format!("https://id.gs1.org/{key}/{value}");
    match qualifier {
        Some((qualifier, value)) => format!("{begin}/{qualifier}/{value}"),
        None => begin,
    }
}

/// A company's prefix and what follows it.
fn prefixed(text: &str) -> Option<(&str, &str)> {
    let (prefix, rest) = text.split_once('.')?;
    Some((digits(prefix, 6..=12)?, rest))
}

/// A prefix and a reference that together have so many digits, and nothing else.
fn exact(text: &str, length: usize) -> Option<(&str, &str)> {
    let (prefix, reference) = prefixed(text)?;
    let missing = length.checked_sub(prefix.len())?;
    Some((prefix, digits(reference, missing..=missing)?))
}

fn exact_joined(text: &str, length: usize) -> Option<String> {
    exact(text, length).map(|(prefix, reference)| format!("{prefix}{reference}"))
}

/// The same with its check digit.
fn whole(text: &str, length: usize) -> Option<String> {
    exact_joined(text, length).map(|digits| checked(&digits))
}

/// A prefix and a reference of so many digits together, and what follows them.
fn part(text: &str, length: usize) -> Option<(String, &str)> {
    let (prefix, rest) = prefixed(text)?;
    let (reference, tail) = rest.split_once('.')?;
    let missing = length.checked_sub(prefix.len())?;
    Some((format!("{prefix}{}", digits(reference, missing..=missing)?), tail))
}

/// A trade item's number, its indicator first, and what follows it.
fn gtin(text: &str) -> Option<(String, &str)> {
    let (prefix, rest) = prefixed(text)?;
    let (item, tail) = rest.split_once('.')?;
    let item = digits(item, 13 - prefix.len()..=13 - prefix.len())?;
    let (indicator, item) = item.split_at_checked(1)?;
    Some((checked(&format!("{indicator}{prefix}{item}")), tail))
}

fn gtin_of(text: &str) -> Option<String> {
    gtin(&format!("{text}.")).map(|(gtin, _)| gtin)
}

/// Which piece of how many, and what follows.
fn pieces(text: &str) -> Option<(String, &str)> {
    let (piece, rest) = text.split_once('.')?;
    let (total, tail) = rest.split_once('.')?;
    Some((format!("{}{}", digits(piece, 2..=2)?, digits(total, 2..=2)?), tail))
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<&str> {
    (length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// Signs of which those that addresses reserve are written with a percent sign.
fn escaped(text: &str, length: std::ops::RangeInclusive<usize>, letters: Letters) -> Option<String> {
    let (mut written, mut count) = (String::with_capacity(text.len()), 0_usize);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        count += 1;
        if byte == b'%' {
            let (high, low) = (bytes.next()?, bytes.next()?);
            if !matches!(high, b'2'..=b'7') || !low.is_ascii_hexdigit() {
                return None;
            }
            written.extend(['%', char::from(high), char::from(low)]);
        } else if !letters(byte) {
            return None;
        } else if b"!()*+,:".contains(&byte) {
            written.push_str(&format!("%{byte:02X}"));
        } else {
            written.push(char::from(byte));
        }
    }
    length.contains(&count).then_some(written)
}

/// Digits with their check digit (GS1 General Specifications, section 7.9.1).
fn checked(digits: &str) -> String {
    let weighed =
        digits.bytes().rev().enumerate().map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 0 { 3 } else { 1 });
    let sum: u32 = weighed.sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Keys, by which they are looked for.
const KEYS: [&str; 14] =
    ["00", "01", "253", "255", "401", "402", "414", "417", "8003", "8004", "8006", "8010", "8017", "8018"];

/// Words that stand for numbers in addresses of Digital Link's first release.
const WORDS: [(&str, &str); 17] = [
    ("gtin", "01"),
    ("itip", "8006"),
    ("cpid", "8010"),
    ("gln", "414"),
    ("party", "417"),
    ("gsrnp", "8017"),
    ("gsrn", "8018"),
    ("gcn", "255"),
    ("sscc", "00"),
    ("gdti", "253"),
    ("ginc", "401"),
    ("gsin", "402"),
    ("grai", "8003"),
    ("giai", "8004"),
    ("cpv", "22"),
    ("lot", "10"),
    ("ser", "21"),
];

/// A Digital Link of any domain.
fn of_link(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("https:").or_else(|| uri.strip_prefix("http:"))?;
    let path = rest.split_once('?').map_or(rest, |(path, _)| path);
    // The reference wants a point somewhere, as every domain has one.
    if !uri.contains('.') || path.contains('#') {
        return None;
    }
    let number = |word: &str| WORDS.iter().find(|(known, _)| *known == word).map(|(_, number)| (*number).to_owned());
    let segments: Vec<String> = path.split('/').map(|word| number(word).unwrap_or_else(|| word.to_owned())).collect();
    let is_value = |text: &String| text.len() > 4 && text.bytes().take(4).all(|byte| byte.is_ascii_digit());
    let at = KEYS.iter().find_map(|key| segments.windows(2).position(|two| two[0] == *key && is_value(&two[1])))?;
    let key = segments[at].as_str();
    let mut value = segments[at + 1].clone();
    if key == "01" {
        let leading = value.bytes().take_while(u8::is_ascii_digit).count();
        let missing = match leading {
            13 => 1,
            12 => 2,
            8..=11 => 6,
            _ => 0,
        };
        value.insert_str(0, &"0".repeat(missing));
    }
    let mut qualifiers: Vec<(&str, &str)> = Vec::new();
    let mut more = segments[at + 2..].iter();
    while let Some(qualifier) = more.next() {
        qualifiers.push((qualifier, more.next()?));
    }
    if matches!(key, "01" | "8006") {
        qualifiers.retain(|(qualifier, _)| *qualifier != "22");
        if qualifiers.iter().any(|(qualifier, _)| *qualifier == "21") {
            qualifiers.retain(|(qualifier, _)| *qualifier != "10");
        }
    }
    let qualifier = match qualifiers.as_slice() {
        [] => None,
        [only] => Some(*only),
        _ => return None,
    };
    let starts = |length: usize| value.len() >= length && value.as_bytes()[..length].iter().all(u8::is_ascii_digit);
    let then = |length: usize, max: usize| starts(length) && is_plain(&value[length..], max);
    let good = match (key, qualifier) {
        ("00" | "8017" | "8018", None) => digits(&value, 18..=18).is_some(),
        ("01", None) => digits(&value, 14..=14).is_some(),
        ("01", Some(("21" | "10", text))) => digits(&value, 14..=14).is_some() && is_plain(text, 20),
        ("01", Some(("235", text))) => digits(&value, 14..=14).is_some() && is_plain(text, 28),
        ("253", None) => then(13, 17),
        ("255", None) => digits(&value, 13..=25).is_some(),
        ("401" | "8004", None) => is_plain(&value, 30),
        ("402", None) => digits(&value, 17..=17).is_some(),
        ("414" | "417", None) => digits(&value, 13..=13).is_some(),
        ("414", Some(("254", text))) => digits(&value, 13..=13).is_some() && is_plain(text, 20),
        ("8003", None) => then(14, 16),
        ("8006", None) => digits(&value, 18..=18).is_some(),
        ("8006", Some(("21" | "10", text))) => digits(&value, 18..=18).is_some() && is_plain(text, 20),
        ("8010", None) => is_component(&value),
        ("8010", Some(("8011", text))) => is_component(&value) && digits(text, 0..=12).is_some(),
        _ => false,
    };
    good.then(|| link(key, &value, qualifier))
}

/// Signs that stand for themselves in a Digital Link.
fn is_plain(text: &str, max: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"\"'-.;<=>?_".contains(&byte);
    text.len() <= max && text.bytes().all(plain)
}

fn is_component(text: &str) -> bool {
    text.len() <= 30 && text.bytes().all(|byte| byte == b'#' || COMPONENT(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_form() {
        for (uri, expected) in [
            ("urn:epc:id:sgtin:4012345.011111.9876", "https://id.gs1.org/01/04012345111118/21/9876"),
            ("urn:epc:id:sscc:4012345.0111111111", "https://id.gs1.org/00/040123451111111110"),
            ("urn:epc:id:sgln:4012345.00005.0", "https://id.gs1.org/414/4012345000054"),
            ("urn:epc:id:sgln:4012345.00005.12:3", "https://id.gs1.org/414/4012345000054/254/12%3A3"),
            ("urn:epc:id:pgln:4012345.00001", "https://id.gs1.org/417/4012345000016"),
            ("urn:epc:id:grai:4012345.12345.77", "https://id.gs1.org/8003/0401234512345677"),
            ("urn:epc:id:gdti:4012345.12345.77", "https://id.gs1.org/253/401234512345677"),
            ("urn:epc:id:giai:4012345.ABC1", "https://id.gs1.org/8004/4012345ABC1"),
            ("urn:epc:id:ginc:4012345.ABC1", "https://id.gs1.org/401/4012345ABC1"),
            ("urn:epc:id:gsrn:4012345.1234567890", "https://id.gs1.org/8018/401234512345678900"),
            ("urn:epc:id:gsrnp:4012345.1234567890", "https://id.gs1.org/8017/401234512345678900"),
            ("urn:epc:id:gsin:4012345.123456789", "https://id.gs1.org/402/40123451234567894"),
            ("urn:epc:id:cpi:4012345.AB-1.12", "https://id.gs1.org/8010/4012345AB-1/8011/12"),
            ("urn:epc:id:sgcn:4012345.12345.77", "https://id.gs1.org/255/401234512345677"),
            ("urn:epc:id:itip:4012345.012345.01.02.987", "https://id.gs1.org/8006/040123451234560102/21/987"),
            ("urn:epc:id:upui:4012345.012345.AB*1", "https://id.gs1.org/01/04012345123456/235/AB%2A1"),
            ("urn:epc:class:lgtin:4012345.012345.998877", "https://id.gs1.org/01/04012345123456/10/998877"),
            ("urn:epc:idpat:sgtin:4012345.011111.*", "https://id.gs1.org/01/04012345111118"),
            ("urn:epc:idpat:grai:4012345.12345.*", "https://id.gs1.org/8003/04012345123456"),
            ("urn:epc:idpat:gdti:4012345.12345.*", "https://id.gs1.org/253/4012345123456"),
            ("urn:epc:idpat:sgcn:4012345.12345.*", "https://id.gs1.org/255/4012345123456"),
            ("urn:epc:idpat:cpi:4012345.AB-1.*", "https://id.gs1.org/8010/4012345AB-1"),
            ("urn:epc:idpat:itip:4012345.012345.01.02.*", "https://id.gs1.org/8006/040123451234560102"),
            ("urn:epc:idpat:upui:4012345.012345.*", "https://id.gs1.org/01/04012345123456"),
            (
                "https://shop.example.com/gtin/4012345111118/lot/A1/ser/9876?x=1",
                "https://id.gs1.org/01/04012345111118/21/9876",
            ),
            ("https://shop.example.com/01/04012345111118/22/2A/10/B-7", "https://id.gs1.org/01/04012345111118/10/B-7"),
        ] {
            assert_eq!(canonical(uri).as_deref(), Some(expected), "{uri}");
        }
        for other in [
            "https://market.example/trace/BFW-7K3M-9QXH",
            "urn:epc:id:sgtin:4012345.01111.9876",
            "urn:uuid:0b9a2a8e-0000-4000-8000-000000000000",
            "3.5",
            "",
        ] {
            assert_eq!(canonical(other), None, "{other}");
        }
    }
}
