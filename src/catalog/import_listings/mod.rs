//! Bringing in a file of listings: good rows land, bad rows are told and set aside, and the same file twice changes
//! nothing.
//!
//! A row is known again by its `reference` (or, without one, by its content) within the organization, and as unchanged
//! by the digest of what it said last time; a listing that was edited by hand since stays as it was edited until its row
//! says something new. Each row is a transaction of its own, so a file that breaks off leaves whole listings behind.

mod columns;
mod file;
mod row;

use std::{
    collections::{HashMap, HashSet},
    io::{Read, Write},
};

use csv::ByteRecord;

use self::{columns::Column, file::ListingFile, row::Row};
use super::{
    Catalog,
    create_listing::{self, NEW_QUANTITY_MIN},
    model::{
        Listing, ListingAction, ListingId, ListingStatus,
        draft::{self, CheckedOffer},
    },
    store::{self, importing::Imported, rows::Written},
    update_listing::{check_change, quantity_min},
};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{ErrorCode, Failure, Fault, Outcome, UserError, db::WriteTx, locale::Locale},
};

/// Whose file, and what to do with it.
pub struct ImportListings {
    /// Who offers.
    pub organization: OrganizationId,
    /// Whether to only tell what would happen.
    pub dry_run: bool,
    /// Whether rows that lack nothing are published at once; then a row that lacks something is a bad row.
    pub publish: bool,
    /// The language that bad rows are told of in. What rows themselves are written in is another matter: their own column,
    /// or the actor's language.
    pub language: Locale,
    /// Where bad rows go, with the file's own header and an added column that says what is wrong: to be mended and
    /// imported as a file. Nothing is written where no row is bad.
    pub rejects: Option<Box<dyn Write + Send>>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowOutcome {
    /// It made a listing.
    Created(ListingId),
    /// It changed a listing.
    Updated(ListingId),
    /// It said nothing new.
    Unchanged(ListingId),
    /// In a dry run, it would make a listing.
    WouldCreate,
    /// In a dry run, it would change a listing.
    WouldUpdate(ListingId),
    /// In a dry run, it says nothing new after an earlier row that would make a listing.
    WouldLeave,
    /// It is wrong, and nothing of it was kept.
    Rejected(Vec<RowProblem>),
}

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The column, as the file's header names it; none where the row as a whole is wrong.
    pub column: Option<String>,
    /// What is wrong, for programs.
    pub code: ErrorCode,
    /// What is wrong, in the language of whoever imports.
    pub message: String,
}

/// A row that was dealt with.
#[derive(Debug, Clone)]
pub struct ImportedRow {
    /// Where it begins in the file; the header is line 1.
    pub line: u64,
    /// What became of it.
    pub outcome: RowOutcome,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows read.
    pub rows: u64,
    /// Listings made, or that would be made.
    pub created: u64,
    /// Listings changed, or that would be.
    pub updated: u64,
    /// Rows that said nothing new.
    pub unchanged: u64,
    /// Rows that were wrong.
    pub rejected: u64,
}

impl Catalog {
    /// Reads a file of listings row by row and tells of each what became of it.
    ///
    /// The file is UTF-8 with a header, values separated by commas, semicolons or tabs. Columns, by their English or
    /// French names: `reference`, `product`, `title`, `description`, `language`, `price`, `currency`, `price_unit`,
    /// `quantity`, `unit`, `minimum_order`, `grade`, `measurements`, `season`, `available_from`, `available_until`,
    /// `place`, `delivery_terms`; `product` and `title` are needed.
    ///
    /// # Errors
    /// When the actor may not manage the organization's listings, or the header cannot be understood
    /// ([`ErrorCode::UnknownColumn`], [`ErrorCode::MissingColumn`], [`ErrorCode::NotUtf8`]). A bad row is no error.
    pub async fn import_listings(
        &self,
        actor: &Actor,
        command: ImportListings,
        source: impl Read + Send,
        mut on_row: impl FnMut(&ImportedRow) + Send,
    ) -> Outcome<ImportReport> {
        self.require_manager(actor, command.organization).await?;
        let mut file = ListingFile::open(source)?;
        let ImportListings { organization, dry_run, publish, language, rejects } = command;
        let mut rejects = rejects.map(|rejects| Rejects::new(rejects, &file));
        let mut importing = Importing {
            catalog: self,
            actor,
            organization,
            dry_run,
            publish,
            seen: HashSet::new(),
            foreseen: HashMap::new(),
        };
        let mut report = ImportReport::default();
        let mut record = ByteRecord::new();
        while file.next(&mut record)? {
            let line = record.position().map_or(0, csv::Position::line);
            let outcome = importing.row(&record, &file.columns).await?;
            let outcome = match outcome {
                Ok(outcome) => outcome,
                Err(errors) => {
                    let problems = problems(&errors, &file.header, &file.columns, language);
                    if let Some(rejects) = &mut rejects {
                        rejects.write(&record, &problems)?;
                    }
                    RowOutcome::Rejected(problems)
                }
            };
            report.count(&outcome);
            on_row(&ImportedRow { line, outcome });
        }
        if let Some(rejects) = rejects {
            rejects.finish()?;
        }
        Ok(report)
    }
}

/// An import under way.
struct Importing<'i> {
    catalog: &'i Catalog,
    actor: &'i Actor,
    organization: OrganizationId,
    dry_run: bool,
    publish: bool,
    /// References that stood in an earlier row of this file.
    seen: HashSet<String>,
    /// In a dry run, the references of the rows that would land, with the listing that bears one already.
    foreseen: HashMap<String, Option<ListingId>>,
}

/// A row that is fit to be written, if the listing it is about allows it.
struct Checked {
    offer: CheckedOffer,
    reference: String,
    digest: Vec<u8>,
}

impl Importing<'_> {
    /// Deals with one row. The outer failure is ours, the inner errors are the row's.
    async fn row(&mut self, record: &ByteRecord, columns: &[Column]) -> Outcome<Result<RowOutcome, Vec<UserError>>> {
        let language = self.actor.request.locale;
        let row = match row::read(record, columns, self.catalog.taxonomy(), language) {
            Ok(row) => row,
            Err(errors) => return Ok(Err(errors)),
        };
        match self.land(&row).await {
            Ok(outcome) => Ok(Ok(outcome)),
            Err(Failure::Rejected(errors)) => Ok(Err(errors)),
            Err(Failure::Fault(fault)) => Err(fault.into()),
        }
    }

    async fn land(&mut self, row: &Row) -> Outcome<RowOutcome> {
        let checked = self.check(row)?;
        if self.dry_run {
            return self.foresee(&checked).await;
        }
        if let Some(outcome) = self.write(&checked).await? {
            return Ok(outcome);
        }
        // Somebody else wrote a listing with this reference between our look and our write: now it is there to be seen.
        let taken = || create_listing::duplicate_reference(&checked.reference, &["reference"]);
        Ok(self.write(&checked).await?.ok_or_else(taken)?)
    }

    /// What would become of a row, after the rows before it.
    async fn foresee(&mut self, checked: &Checked) -> Outcome<RowOutcome> {
        if let Some(landed) = self.foreseen.get(&checked.reference) {
            return Ok(landed.map_or(RowOutcome::WouldLeave, RowOutcome::Unchanged));
        }
        let db = &self.catalog.knows.services.db;
        let before = store::importing::by_reference(db, self.organization, &checked.reference).await?;
        let (outcome, landed) = match self.decide(before, checked)? {
            Decision::Create(_) => (RowOutcome::WouldCreate, None),
            Decision::Update { before, .. } => (RowOutcome::WouldUpdate(before.id), Some(before.id)),
            Decision::Leave { id, .. } => (RowOutcome::Unchanged(id), Some(id)),
        };
        self.foreseen.insert(checked.reference.clone(), landed);
        Ok(outcome)
    }

    /// Writes what a row comes to; none where its reference was taken in the meantime.
    async fn write(&self, checked: &Checked) -> Outcome<Option<RowOutcome>> {
        let tx = self.catalog.knows.services.db.begin().await?;
        let before = store::importing::lock_by_reference(&tx, self.organization, &checked.reference).await?;
        let outcome = match self.decide(before, checked)? {
            Decision::Create(listing) => match self.create(&tx, *listing, checked.digest.clone()).await? {
                Some(outcome) => outcome,
                None => return Ok(None),
            },
            Decision::Update { before, after } => self.update(&tx, &before, *after, &checked.digest).await?,
            Decision::Leave { id, is_noted } => {
                // The seller may have typed what the row says before the row came. From now on it is known, and what she
                // changes after it stays.
                if !is_noted {
                    store::importing::note_digest(&tx, id, &checked.digest).await?;
                }
                RowOutcome::Unchanged(id)
            }
        };
        tx.commit().await?;
        Ok(Some(outcome))
    }

    fn check(&mut self, row: &Row) -> Outcome<Checked> {
        let gazetteer = self.catalog.knows.directory.gazetteer();
        let reference = row.reference.as_deref().map(|text| draft::reference(text, &["reference"]));
        let offer = draft::check(&row.offer, self.catalog.reference(&gazetteer), &[], 0);
        let (offer, reference) = create_listing::both(offer, reference.transpose().map_err(Failure::from))?;
        let digest = row.digest()?;
        let reference = match reference {
            Some(reference) if self.seen.insert(reference.clone()) => reference,
            Some(reference) => {
                let error = UserError::new(ErrorCode::DuplicateReference, ["reference"]);
                return Err(error.with("value", reference).into());
            }
            // A row without a number is known again by what it says.
            None => format!("import-{}", hex::encode(&digest[..12])),
        };
        Ok(Checked { offer, reference, digest })
    }

    /// What a row comes to, given the listing that bears its reference.
    fn decide(&self, before: Option<Imported>, checked: &Checked) -> Outcome<Decision> {
        let quantity = checked.offer.offer.quantity.as_ref().map(|quantity| quantity.thousandths);
        let minimum = before.as_ref().map_or(NEW_QUANTITY_MIN, |before| quantity_min(&before.listing));
        if quantity.is_some_and(|quantity| quantity < minimum) {
            let error = UserError::new(ErrorCode::OutOfRange, ["quantity"]);
            let most = draft::QUANTITY_THOUSANDTHS_MAX / 1_000;
            return Err(error.with("minimum", "0.001").with("maximum", most).into());
        }
        let Some(Imported { listing: before, digest }) = before else {
            let reference = Some(checked.reference.clone());
            let draft = self.catalog.new_draft(self.organization, checked.offer.clone(), reference);
            let listing = if self.publish { self.catalog.published(&draft, &[])? } else { draft };
            return Ok(Decision::Create(Box::new(listing)));
        };
        let mut after = before.clone();
        let is_noted = digest.as_deref() == Some(checked.digest.as_slice());
        if !is_noted {
            before.status.transition(ListingAction::Update)?;
            check_change(&before, &checked.offer, &[])?;
            after.offer = checked.offer.offer.clone();
            after.derived = checked.offer.derived.clone();
        }
        // What the seller paused or archived by hand is not published behind her back.
        if self.publish && before.status == ListingStatus::Draft {
            after = self.catalog.published(&after, &[])?;
        }
        if after.offer == before.offer && after.status == before.status {
            return Ok(Decision::Leave { id: before.id, is_noted });
        }
        Ok(Decision::Update { before: Box::new(before), after: Box::new(after) })
    }

    async fn create(&self, tx: &WriteTx, listing: Listing, digest: Vec<u8>) -> Outcome<Option<RowOutcome>> {
        if store::rows::insert(tx, &listing, Some(digest)).await? == Written::ReferenceTaken {
            return Ok(None);
        }
        self.catalog.record(tx, self.actor, None, &listing, "listing.import").await?;
        Ok(Some(RowOutcome::Created(listing.id)))
    }

    async fn update(&self, tx: &WriteTx, before: &Listing, after: Listing, digest: &[u8]) -> Outcome<RowOutcome> {
        let after = self.catalog.change(tx, self.actor, before, after, "listing.import").await?;
        store::importing::note_digest(tx, after.id, digest).await?;
        Ok(RowOutcome::Updated(after.id))
    }
}

/// What is to be done with a row.
enum Decision {
    /// Write this listing.
    Create(Box<Listing>),
    /// Write `after` in place of `before`.
    Update { before: Box<Listing>, after: Box<Listing> },
    /// Nothing, but for noting the row where that was not done.
    Leave { id: ListingId, is_noted: bool },
}

impl ImportReport {
    fn count(&mut self, outcome: &RowOutcome) {
        self.rows += 1;
        match outcome {
            RowOutcome::Created(_) | RowOutcome::WouldCreate => self.created += 1,
            RowOutcome::Updated(_) | RowOutcome::WouldUpdate(_) => self.updated += 1,
            RowOutcome::Unchanged(_) | RowOutcome::WouldLeave => self.unchanged += 1,
            RowOutcome::Rejected(_) => self.rejected += 1,
        }
    }
}

fn problems(errors: &[UserError], header: &ByteRecord, columns: &[Column], locale: Locale) -> Vec<RowProblem> {
    let own_name = |column: Column| {
        let position = columns.iter().position(|own| *own == column);
        let name = position.and_then(|position| header.get(position));
        name.map_or_else(|| column.name(), |name| String::from_utf8_lossy(name).trim().to_owned())
    };
    errors
        .iter()
        .map(|error| RowProblem {
            column: Column::of_path(&error.path).map(own_name),
            code: error.code,
            message: error.message(locale),
        })
        .collect()
}

/// The bad rows of a file, as they stood, with what is wrong in a last column.
struct Rejects {
    writer: csv::Writer<Box<dyn Write + Send>>,
    header: Option<ByteRecord>,
    error_position: Option<usize>,
}

impl Rejects {
    fn new<R: Read>(to: Box<dyn Write + Send>, file: &ListingFile<R>) -> Self {
        let writer = csv::WriterBuilder::new().delimiter(file.separator).flexible(true).from_writer(to);
        let error_position = file.columns.iter().position(|column| *column == Column::Error);
        let mut header = file.header.clone();
        if error_position.is_none() {
            header.push_field(Column::Error.name().as_bytes());
        }
        Self { writer, header: Some(header), error_position }
    }

    fn write(&mut self, record: &ByteRecord, problems: &[RowProblem]) -> Result<(), Fault> {
        let unwritable = |error: csv::Error| Fault::Io(error.into());
        if let Some(header) = self.header.take() {
            self.writer.write_byte_record(&header).map_err(unwritable)?;
        }
        let said: Vec<String> = problems
            .iter()
            .map(|problem| match &problem.column {
                Some(column) => format!("{column}: {}", problem.message),
                None => problem.message.clone(),
            })
            .collect();
        let said = said.join(" ");
        let mut row = ByteRecord::new();
        for (position, field) in record.iter().enumerate() {
            row.push_field(if Some(position) == self.error_position { said.as_bytes() } else { field });
        }
        if self.error_position.is_none() {
            row.push_field(said.as_bytes());
        }
        self.writer.write_byte_record(&row).map_err(unwritable)
    }

    fn finish(mut self) -> Result<(), Fault> {
        Ok(self.writer.flush()?)
    }
}
