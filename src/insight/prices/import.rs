//! Files of market prices.

use std::{collections::HashMap, io::Read};

use csv::ByteRecord;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    accounts::{
        Actor, UserId,
        policy::{self, Action, Facts},
    },
    insight::{
        Insight,
        model::{
            price::{Price, PriceFacts, PriceKey},
            price_check::{PriceCheck, Problem, Refusal},
            price_layout::Header,
            price_market::Note,
            price_merge::Merge,
            price_report::PriceImportReport,
        },
        store,
    },
    kernel::{
        ErrorCode, Failure, Fault, Outcome, Rejections, UserError, db::operations, digest::Digest, text::TextRule,
    },
};

/// Rows of one file at most: they are held in memory until all are read, so that writing takes no longer than it must.
const ROWS_MAX: u64 = 1_000_000;

/// What to do with a file of prices.
#[derive(Debug, Clone)]
pub struct ImportPrices {
    /// Where the file comes from, to be kept with its prices.
    pub source: String,
    /// Only tells what would happen.
    pub dry_run: bool,
}

/// How far an import has come.
#[derive(Debug)]
pub enum PriceStep<'p> {
    /// A row was read; it begins on this line of the file, whose header is line 1.
    Read(u64),
    /// A row was not taken, for these reasons.
    Refused(u64, &'p [Problem]),
    /// A row was taken that is odd in these ways.
    Noted(u64, &'p [Note]),
    /// So many of so many changes were written; none lasts before all are.
    Written(u64, u64),
}

impl Insight {
    /// Reads a file of market prices in one of the forms of [`Layout`](crate::insight::model::price_layout::Layout), and takes its good rows, all of them or none. A price that is known is left; one that
    /// says otherwise than an earlier file takes its place. The same file again changes nothing.
    ///
    /// # Errors
    /// `Forbidden`; `MissingColumn`, `NotUtf8`, `LimitReached` at `file`; a text of source that cannot be kept.
    pub async fn import_prices<R: Read>(
        &self,
        actor: &Actor,
        command: ImportPrices,
        file: R,
        mut tell: impl FnMut(PriceStep<'_>),
    ) -> Outcome<PriceImportReport> {
        policy::require(actor, Action::ImportReferenceData, &Facts::none())?;
        let source = TextRule::LINE.check(&command.source, ["source"])?;
        let (prices, mut report, digest) = self.read(file, &mut tell)?;
        let (db, now) = (&self.services.db, self.services.now());
        let tx = db.begin().await?;
        store::price_import::lock(&tx).await?;
        let known = store::price_import::known(&tx, prices.iter().map(|price| &price.key.series)).await?;
        let merge = Merge::of(&known, &prices, &self.price_reference.outlier);
        report.added = merge.added.len() as u64;
        report.changed = merge.changed.len() as u64;
        report.unchanged = merge.unchanged;
        let flags = merge.added.iter().map(|(_, flag)| flag).chain(merge.changed.iter().map(|(_, _, flag)| flag));
        report.outliers = flags.filter(|flag| **flag).count() as u64;
        // A dry run does the same and commits nothing.
        if command.dry_run || merge.is_empty() {
            return Ok(report);
        }
        let import =
            store::price_import::Import { id: self.services.ids.next_uuid(), source, digest, now, report: &report };
        store::price_import::note(&tx, &import).await?;
        let mut written = |done, total| tell(PriceStep::Written(done, total));
        store::price_import::write(&tx, import.id, &merge, &*self.services.ids, &mut written).await?;
        let told = json!({ "import": import.id, "added": report.added, "changed": report.changed });
        let by = (actor.user_id().map(UserId::uuid), actor.request.id.as_str());
        operations::record(&tx, "platform.import_prices", by, now, told).await?;
        tx.commit().await?;
        Ok(report)
    }

    /// The good rows of a file, each key once.
    fn read<R: Read>(
        &self,
        file: R,
        tell: &mut impl FnMut(PriceStep<'_>),
    ) -> Outcome<(Vec<Price>, PriceImportReport, Digest)> {
        let mut running = Sha256::new();
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(Hashing { file, running: &mut running });
        let header = header(reader.byte_headers().map_err(unreadable)?)?;
        let gazetteer = self.directory.gazetteer();
        let taxonomy = self.catalog.taxonomy();
        let mut check = PriceCheck::new(&self.price_reference, taxonomy, &gazetteer, self.services.clock.today());
        let mut report = PriceImportReport::new(header.layout);
        let mut prices: Vec<Price> = Vec::new();
        let mut lines: HashMap<PriceKey, (u64, PriceFacts)> = HashMap::new();
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(unreadable)? {
            let line = record.position().map_or(0, csv::Position::line);
            let values: Result<Vec<&str>, _> = record.iter().map(std::str::from_utf8).collect();
            if report.rows == 0 && values.as_ref().is_ok_and(|values| Header::is_tags(values)) {
                continue;
            }
            report.rows += 1;
            if report.rows > ROWS_MAX {
                return Err(UserError::new(ErrorCode::LimitReached, ["file"]).with("maximum", ROWS_MAX).into());
            }
            tell(PriceStep::Read(line));
            let taken = match values {
                Err(_) => Err(vec![Problem::new(Refusal::NotUtf8, "")]),
                Ok(values) if values.len() != header.width => {
                    Err(vec![Problem::new(Refusal::WrongColumnCount, &values.len().to_string())])
                }
                Ok(values) => {
                    let row = header.read(&values);
                    check.check(&row).and_then(|(price, notes)| match lines.get(&price.key) {
                        Some((earlier, facts)) => {
                            let same = facts.price == price.facts.price;
                            let refusal = if same { Refusal::Repeated } else { Refusal::Contradicted };
                            Err(vec![Problem::new(refusal, &format!("line {earlier}"))])
                        }
                        None => Ok((price, notes)),
                    })
                }
            };
            match taken {
                Ok((price, notes)) => {
                    report.note(&notes, &price);
                    if !notes.is_empty() {
                        tell(PriceStep::Noted(line, &notes));
                    }
                    lines.insert(price.key.clone(), (line, price.facts.clone()));
                    prices.push(price);
                }
                Err(problems) => {
                    report.refuse(&problems);
                    tell(PriceStep::Refused(line, &problems));
                }
            }
        }
        drop(reader);
        Ok((prices, report, Digest::finish(running)))
    }
}

fn header(record: &ByteRecord) -> Outcome<Header> {
    let names: Result<Vec<&str>, _> = record.iter().map(std::str::from_utf8).collect();
    let Ok(names) = names else { return Err(UserError::new(ErrorCode::NotUtf8, ["file"]).into()) };
    Header::detect(names).map_err(|missing| {
        let mut rejections = Rejections::default();
        for name in missing {
            rejections.push(UserError::new(ErrorCode::MissingColumn, ["file", "header"]).with("value", name));
        }
        rejections.finish().err().unwrap_or_else(|| Failure::code(ErrorCode::MissingColumn))
    })
}

/// The file itself fails: it is no row's fault.
fn unreadable(error: csv::Error) -> Failure {
    Fault::Io(error.into()).into()
}

/// A file whose digest runs along while it is read.
struct Hashing<'h, R> {
    file: R,
    running: &'h mut Sha256,
}

impl<R: Read> Read for Hashing<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.running.update(&buffer[..read]);
        Ok(read)
    }
}
