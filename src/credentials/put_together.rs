//! A credential is put together with all that is needed to check it without a network.

use super::{
    Credential, Credentials,
    model::{Bundle, Purpose, SignedPart},
};
use crate::kernel::{Fault, clock::Timestamp};

impl Credentials {
    /// The bundle of a credential, with its status as it is now or as of an earlier instant.
    ///
    /// # Errors
    /// When the database cannot answer or the key file cannot be read.
    pub async fn bundle(&self, credential: &Credential, at: Option<Timestamp>) -> Result<Bundle, Fault> {
        let (now, list) = (self.now(), credential.place.list);
        let mut lists = Vec::with_capacity(Purpose::ALL.len());
        for purpose in Purpose::ALL {
            let signed = self.status_list(list, *purpose, at).await?;
            let signed =
                signed.ok_or_else(|| Fault::corrupt("credential", "the list that it stands in is not there"))?;
            lists.push(SignedPart::new(self.issuer().list_url(list, *purpose), signed.token.clone()));
        }
        // After the lists: it names every key that signed them.
        let document = self.did_document().await?;
        Ok(Bundle::of(self.issuer(), credential, document, lists, (now, at.unwrap_or(now))))
    }
}
