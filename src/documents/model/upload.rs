//! What may be announced.

use super::MediaType;
use crate::kernel::{ErrorCode, Rejections, UserError, digest::Digest, error::excerpt, text::TextRule};

/// Bytes of a file at most: 25 MB (of 1,048,576 bytes).
pub const FILE_BYTES_MAX: i64 = 25 * 1024 * 1024;

/// What a file may be called.
const FILE_NAME: TextRule = TextRule { length_min: 1, length_max: 200, multiline: false };

/// A file as it was typed in, once it is found in order.
#[derive(Debug, Clone)]
pub struct CheckedFile {
    /// What it is called.
    pub file_name: String,
    /// What kind it is to be.
    pub media_type: MediaType,
    /// What its bytes are to hash to.
    pub sha256: Digest,
}

/// Checks what was announced of a file; notes everything that is wrong.
pub fn check_file(
    (file_name, media_type, byte_size, sha256): (&str, &str, i64, &str),
    wrong: &mut Rejections,
) -> Option<CheckedFile> {
    let file_name = wrong.take(check_name(file_name));
    let media_type = wrong.take(media_type.trim().parse().map_err(|_| {
        let error = UserError::new(ErrorCode::InvalidValue, ["input", "mediaType"]);
        error.with("value", excerpt(media_type)).with("allowed", MediaType::list())
    }));
    if !(1..=FILE_BYTES_MAX).contains(&byte_size) {
        let error = UserError::new(ErrorCode::OutOfRange, ["input", "byteSize"]);
        wrong.push(error.with("minimum", 1).with("maximum", FILE_BYTES_MAX));
    }
    let sha256 = wrong.take(sha256.parse().map_err(|_| {
        let error = UserError::new(ErrorCode::InvalidValue, ["input", "sha256"]);
        error.with("value", excerpt(sha256)).with("allowed", "0-9 a-f × 64")
    }));
    Some(CheckedFile { file_name: file_name?, media_type: media_type?, sha256: sha256? })
}

/// A name, and no path: nobody is to save it anywhere but where she means to, nor to overlook it as hidden.
fn check_name(name: &str) -> Result<String, UserError> {
    let path = ["input", "fileName"];
    let name = FILE_NAME.check(name, path)?;
    if name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(UserError::new(ErrorCode::InvalidCharacters, path));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(file: (&str, &str, i64, &str)) -> Vec<(ErrorCode, String)> {
        let mut wrong = Rejections::default();
        check_file(file, &mut wrong);
        match wrong.finish() {
            Err(crate::kernel::Failure::Rejected(errors)) => {
                errors.into_iter().map(|error| (error.code, error.path.join("."))).collect()
            }
            Err(crate::kernel::Failure::Fault(fault)) => panic!("{fault}"),
            Ok(()) => Vec::new(),
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let sha256 = &"0a".repeat(32);
        assert_eq!(wrong(("Reçu n° 5.pdf", "application/pdf", 1, sha256)), []);
        assert_eq!(wrong(("a.pdf", "application/pdf", FILE_BYTES_MAX, sha256)), []);
        for name in ["../a.pdf", "a\\b.pdf", ".profile", "a\u{0}.pdf", "a\u{202e}fdp.exe"] {
            assert_eq!(
                wrong((name, "application/pdf", 1, sha256)),
                [(ErrorCode::InvalidCharacters, "input.fileName".to_owned())],
                "{name:?}"
            );
        }
        let all = wrong((" ", "text/html", FILE_BYTES_MAX + 1, "0a"));
        let codes: Vec<ErrorCode> = all.iter().map(|(code, _)| *code).collect();
        let expected = [ErrorCode::Required, ErrorCode::InvalidValue, ErrorCode::OutOfRange, ErrorCode::InvalidValue];
        assert_eq!(codes, expected);
        assert_eq!(wrong(("a.pdf", "application/pdf", 0, sha256)).len(), 1);
    }
}
