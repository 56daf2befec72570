//! Bringing the tables of products and conversions up to date with the embedded files.

use sha2::{Digest, Sha256};

use super::{
    Catalog,
    model::taxonomy::{CONVERSIONS_CSV, PRODUCT_FILES},
    store::reference,
};
use crate::kernel::Outcome;

const PRODUCTS: &str = "products";
const CONVERSIONS: &str = "conversions";

impl Catalog {
    /// Writes products and conversions to their tables where the embedded files are not those that were written last.
    /// Derives what listings show anew where that has changed it. Does nothing otherwise. Call with the startup lock held.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sync_reference(&self) -> Outcome<()> {
        let products = digest(PRODUCT_FILES.iter().map(|(_, text)| *text));
        let conversions = digest([CONVERSIONS_CSV]);
        let db = &self.knows.services.db;
        let fresh_products = reference::digest(db, PRODUCTS).await?.as_ref() == Some(&products);
        let fresh_conversions = reference::digest(db, CONVERSIONS).await?.as_ref() == Some(&conversions);
        if !fresh_products || !fresh_conversions {
            self.write_reference((!fresh_products).then_some(&products), (!fresh_conversions).then_some(&conversions))
                .await?;
        }
        self.derive_again().await
    }

    /// Writes the tables whose new digests are given.
    async fn write_reference(&self, products: Option<&String>, conversions: Option<&String>) -> Outcome<()> {
        let now = self.knows.services.now();
        let data = self.knows.taxonomy.data();
        let tx = self.knows.services.db.begin().await?;
        if let Some(digest) = products {
            reference::write_products(&tx, &data.products).await?;
            reference::note_digest(&tx, PRODUCTS, digest, now).await?;
        }
        if let Some(digest) = conversions {
            let next_id = || self.knows.services.ids.next_uuid();
            reference::replace_conversions(&tx, &data.conversions, &next_id).await?;
            reference::note_digest(&tx, CONVERSIONS, digest, now).await?;
        }
        tx.commit().await?;
        tracing::info!(
            products = data.products.len(),
            conversions = data.conversions.len(),
            "catalogue brought up to date"
        );
        Ok(())
    }
}

/// The digest of some texts, each told apart from the next.
pub(super) fn digest<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text);
    }
    hex::encode(hasher.finalize())
}
