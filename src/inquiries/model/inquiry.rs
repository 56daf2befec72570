//! A thread of messages, and what each side has read of it.

use super::{InquiryId, InquiryMessageId};
use crate::{
    accounts::{OrganizationId, UserId},
    catalog::ListingId,
    kernel::clock::Timestamp,
};

crate::words! {
    /// Where a thread stands.
    InquiryStatus {
        /// Both sides may write.
        Open = "OPEN",
        /// One side has ended it; it is there to be read.
        Closed = "CLOSED",
    }
}

/// A side of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Who began it.
    From,
    /// Whom it was sent to.
    To,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::From, Self::To];

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::From => Self::To,
            Self::To => Self::From,
        }
    }
}

/// What a side has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Up to which place.
    pub up_to: i64,
    /// When it last did; none while it has not.
    pub at: Option<Timestamp>,
    /// Who of it did; none where she was forgotten.
    pub by: Option<UserId>,
    /// How many messages of the other side come after that place.
    pub unread: i64,
}

/// A thread of messages between two organizations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// Its id.
    pub id: InquiryId,
    /// Who began it.
    pub from: OrganizationId,
    /// Whom it was sent to.
    pub to: OrganizationId,
    /// What it is about; none for nothing in particular.
    pub listing: Option<ListingId>,
    /// Where it stands.
    pub status: InquiryStatus,
    /// The place of its last message; places count from 1.
    pub messages: i64,
    /// When that was sent.
    pub last_message_at: Timestamp,
    /// What who began it has read.
    pub from_reading: Reading,
    /// What the other side has read.
    pub to_reading: Reading,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

impl Inquiry {
    /// A thread in which nothing was written yet.
    #[must_use]
    pub fn begun(
        id: InquiryId,
        (from, to): (OrganizationId, OrganizationId),
        listing: Option<ListingId>,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            from,
            to,
            listing,
            status: InquiryStatus::Open,
            messages: 0,
            last_message_at: at,
            from_reading: Reading::default(),
            to_reading: Reading::default(),
            created_at: at,
            closed_at: None,
        }
    }

    /// The organization on a side.
    #[must_use]
    pub const fn party(&self, side: Side) -> OrganizationId {
        match side {
            Side::From => self.from,
            Side::To => self.to,
        }
    }

    /// On which side an organization is, if on any.
    #[must_use]
    pub fn side_of(&self, organization: OrganizationId) -> Option<Side> {
        Side::BOTH.into_iter().find(|side| self.party(*side) == organization)
    }

    /// What a side has read.
    #[must_use]
    pub const fn reading(&self, side: Side) -> Reading {
        match side {
            Side::From => self.from_reading,
            Side::To => self.to_reading,
        }
    }

    fn reading_mut(&mut self, side: Side) -> &mut Reading {
        match side {
            Side::From => &mut self.from_reading,
            Side::To => &mut self.to_reading,
        }
    }

    /// Takes a message of a side in, and gives its place. Whoever writes has read what came before; the other side has one more
    /// to read. Time does not go back, whatever the clock does: lists are sorted by it.
    pub fn wrote(&mut self, side: Side, by: Option<UserId>, at: Timestamp) -> i64 {
        self.messages += 1;
        self.last_message_at = self.last_message_at.max(at);
        *self.reading_mut(side) = Reading { up_to: self.messages, at: Some(at), by, unread: 0 };
        self.reading_mut(side.other()).unread += 1;
        self.messages
    }

    /// Takes in that a side has read up to a place, after which `left` messages of the other side come. What was read stays
    /// read: a place before the one it has reached changes nothing. True if it changed something.
    pub fn read(&mut self, side: Side, (up_to, left): (i64, i64), by: Option<UserId>, at: Timestamp) -> bool {
        let reached = up_to.min(self.messages);
        let reading = self.reading_mut(side);
        if reached <= reading.up_to {
            return false;
        }
        *reading = Reading { up_to: reached, at: Some(at), by, unread: left };
        true
    }
}

/// A message of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: InquiryMessageId,
    /// Of which thread.
    pub inquiry: InquiryId,
    /// Its place in the thread, from 1.
    pub sequence: i64,
    /// For whom it was written.
    pub organization: OrganizationId,
    /// Who wrote it; none where she was forgotten.
    pub author: Option<UserId>,
    /// What it says.
    pub text: String,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// That an organization wants to hear nothing of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Who wants to hear nothing.
    pub organization: OrganizationId,
    /// Of whom.
    pub blocked: OrganizationId,
    /// Why, for her own people.
    pub reason: Option<String>,
    /// Who of hers said so; none where she was forgotten, or the platform did in her name.
    pub by: Option<UserId>,
    /// Since when.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn thread() -> Inquiry {
        let organization = |number| OrganizationId::from_uuid(Uuid::from_u128(number));
        let id = InquiryId::from_uuid(Uuid::from_u128(7));
        Inquiry::begun(id, (organization(1), organization(2)), None, Timestamp::UNIX_EPOCH)
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Write(Side),
        Read(Side, i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        let side = || prop::sample::select(Side::BOTH.to_vec());
        prop_oneof![side().prop_map(Step::Write), (side(), 0..12_i64).prop_map(|(side, at)| Step::Read(side, at))]
    }

    proptest! {
        #[test]
        fn what_is_unread_is_what_the_other_wrote_after_the_place_reached(steps in prop::collection::vec(step(), 0..30)) {
            let mut thread = thread();
            let mut written: Vec<Side> = Vec::new();
            let after = |written: &[Side], side: Side, place: i64| {
                let later = written.iter().zip(1_i64..).filter(|(by, at)| **by != side && *at > place);
                i64::try_from(later.count()).unwrap()
            };
            for step in steps {
                let before = thread.clone();
                match step {
                    Step::Write(side) => {
                        written.push(side);
                        prop_assert_eq!(thread.wrote(side, None, Timestamp::UNIX_EPOCH), written.len() as i64);
                    }
                    Step::Read(side, place) => {
                        let left = after(&written, side, place);
                        let changed = thread.read(side, (place, left), None, Timestamp::UNIX_EPOCH);
                        prop_assert_eq!(changed, thread != before);
                    }
                }
                for side in Side::BOTH {
                    let reading = thread.reading(side);
                    prop_assert_eq!(reading.unread, after(&written, side, reading.up_to));
                    prop_assert!(reading.up_to >= before.reading(side).up_to && reading.up_to <= thread.messages);
                }
            }
        }
    }

    #[test]
    fn a_clock_that_goes_back_moves_no_thread_back() {
        let mut thread = thread();
        let late = Timestamp::UNIX_EPOCH + chrono::TimeDelta::hours(1);
        thread.wrote(Side::From, None, late);
        thread.wrote(Side::To, None, Timestamp::UNIX_EPOCH);
        assert_eq!(thread.last_message_at, late);
    }

    #[test]
    fn an_organization_is_on_one_side_or_on_none() {
        let thread = thread();
        for side in Side::BOTH {
            assert_eq!(thread.side_of(thread.party(side)), Some(side));
        }
        assert_eq!(thread.side_of(OrganizationId::from_uuid(Uuid::nil())), None);
    }
}
