//! A file of comma or semicolon separated values, read row by row.

use std::io::{Cursor, Read};

use csv::ByteRecord;

use super::columns::Column;
use crate::kernel::{ErrorCode, Failure, Fault, Outcome, Rejections, UserError, error::excerpt};

/// Bytes in which the header must end.
const HEADER_BYTES_MAX: u64 = 64 * 1024;
/// What a spreadsheet writes before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A file with its header read.
pub(super) struct ListingFile<R> {
    reader: csv::Reader<std::io::Chain<Cursor<Vec<u8>>, R>>,
    /// The header as it stands.
    pub(super) header: ByteRecord,
    /// What each column is.
    pub(super) columns: Vec<Column>,
    /// What stands between values.
    pub(super) separator: u8,
}

impl<R: Read> ListingFile<R> {
    /// Reads the header.
    pub(super) fn open(mut source: R) -> Outcome<Self> {
        let mut beginning = Vec::new();
        source.by_ref().take(HEADER_BYTES_MAX).read_to_end(&mut beginning).map_err(Fault::Io)?;
        if let Some(rest) = beginning.strip_prefix(BYTE_ORDER_MARK) {
            beginning = rest.to_vec();
        }
        let first_line = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let Ok(first_line) = std::str::from_utf8(first_line) else {
            return Err(UserError::new(ErrorCode::NotUtf8, ["file"]).into());
        };
        let separator = separator(first_line);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(true)
            // A row of another length is that row's error, not the file's.
            .flexible(true)
            .from_reader(Cursor::new(beginning).chain(source));
        let header = reader.byte_headers().map_err(unreadable)?.clone();
        let columns = columns(&header)?;
        Ok(Self { reader, header, columns, separator })
    }

    /// Reads the next row into `record`; false at the end.
    pub(super) fn next(&mut self, record: &mut ByteRecord) -> Outcome<bool> {
        self.reader.read_byte_record(record).map_err(unreadable)
    }
}

/// The file itself fails: it is no row's fault.
fn unreadable(error: csv::Error) -> Failure {
    Fault::Io(error.into()).into()
}

/// What stands between the values: whichever of the usual signs the header has most of.
fn separator(header: &str) -> u8 {
    let count = |sign: u8| header.bytes().filter(|byte| *byte == sign).count();
    // The first of equals is the comma's turn last, so that a header with none of them is read as one column.
    [b';', b'\t', b','].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

fn columns(header: &ByteRecord) -> Outcome<Vec<Column>> {
    let mut rejections = Rejections::default();
    let mut columns = Vec::with_capacity(header.len());
    for field in header {
        let Ok(name) = std::str::from_utf8(field) else {
            return Err(UserError::new(ErrorCode::NotUtf8, ["file"]).into());
        };
        match Column::named(name) {
            Some(column) if !columns.contains(&column) => columns.push(column),
            Some(_) | None => {
                let known: Vec<String> = Column::ALL.into_iter().map(Column::name).collect();
                let error = UserError::new(ErrorCode::UnknownColumn, ["file", "header"]);
                rejections.push(error.with("value", excerpt(name)).with("allowed", known.join(", ")));
            }
        }
    }
    for needed in [Column::Product, Column::Title] {
        if !columns.contains(&needed) {
            let error = UserError::new(ErrorCode::MissingColumn, ["file", "header"]);
            rejections.push(error.with("value", needed.name()));
        }
    }
    rejections.finish()?;
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(bytes: &[u8]) -> Result<(Vec<Column>, u8), Vec<ErrorCode>> {
        match ListingFile::open(bytes) {
            Ok(file) => Ok((file.columns, file.separator)),
            Err(Failure::Rejected(errors)) => Err(errors.iter().map(|error| error.code).collect()),
            Err(Failure::Fault(fault)) => panic!("{fault}"),
        }
    }

    #[test]
    fn separators_are_seen_and_a_byte_order_mark_is_not() {
        let columns = vec![Column::Product, Column::Title];
        assert_eq!(open("\u{feff}Produit;Titre\r\n".as_bytes()), Ok((columns.clone(), b';')));
        assert_eq!(open(b"product,title\n"), Ok((columns.clone(), b',')));
        assert_eq!(open(b"product\ttitle"), Ok((columns, b'\t')));
    }

    #[test]
    fn a_header_that_cannot_be_used_says_everything_that_is_wrong() {
        assert_eq!(
            open(b"reference;colour"),
            Err(vec![ErrorCode::UnknownColumn, ErrorCode::MissingColumn, ErrorCode::MissingColumn])
        );
        assert_eq!(open(b"product,title,product"), Err(vec![ErrorCode::UnknownColumn]));
        assert_eq!(open(b"product;titre;r\xe9f\xe9rence\n"), Err(vec![ErrorCode::NotUtf8]));
        assert_eq!(open(b""), Err(vec![ErrorCode::MissingColumn, ErrorCode::MissingColumn]));
    }
}
