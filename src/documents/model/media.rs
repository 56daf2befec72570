//! What kinds of file a document may be.

crate::words! {
    /// A kind of file that is taken. This list is all there is of it.
    MediaType {
        /// A document as it is printed.
        Pdf = "application/pdf",
        /// A photograph.
        Jpeg = "image/jpeg",
        /// A picture with sharp edges: a scan, a drawing.
        Png = "image/png",
        /// A photograph or picture as phones send it.
        Webp = "image/webp",
    }
}

impl MediaType {
    /// What the names of such files end with.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// Whether it is a picture: decoded and written anew before anybody sees it.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        match self {
            Self::Pdf => false,
            Self::Jpeg | Self::Png | Self::Webp => true,
        }
    }

    /// What a file is by its first bytes, whatever it is called; none for what is not taken. The mark has to be the very first:
    /// what stands before it could be something else to another program. (A library that guesses takes a PDF's mark
    /// further on as well.)
    #[must_use]
    pub fn sniffed(beginning: &[u8]) -> Option<Self> {
        match beginning {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => None,
        }
    }

    /// Every kind by its name, for messages.
    #[must_use]
    pub fn list() -> String {
        Self::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with() {
        let cases: [(&[u8], Option<MediaType>); 10] = [
            (b"%PDF-1.7\n", Some(MediaType::Pdf)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some(MediaType::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some(MediaType::Png)),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some(MediaType::Webp)),
            (b"<!doctype html><script>alert(1)</script>", None),
            (b"<html>%PDF-1.7", None),
            (b"MZ\x90\0\x03\0\0\0", None),
            (b"\x7fELF\x02\x01\x01\0", None),
            (b"PK\x03\x04", None),
            (b"", None),
        ];
        for (beginning, expected) in cases {
            assert_eq!(MediaType::sniffed(beginning), expected, "{:?}", String::from_utf8_lossy(beginning));
        }
    }
}
