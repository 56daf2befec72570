//! How much memory a field waits in. The library keeps every field of every object that is being resolved in a future of
//! its own, as large as the largest of the type's fields: one careless field makes every page slow. (The roots' fields may
//! be large: there are a few of them a request.)

use async_graphql::{ContainerType, Context};
use bfw::{accounts, catalog, certification, directory, documents, inquiries, kernel, traceability};

/// With what the library adds of its own, this stays on the allocator's fast path, which ends at a kilobyte.
const BYTES_MAX: usize = 768;

fn bytes_of<T: ContainerType>() -> usize {
    fn size_of_result<R>(_: impl FnOnce() -> R) -> usize {
        size_of::<R>()
    }
    fn of_field<'c, T: ContainerType>(given: Option<(&'c T, &'c Context<'c>)>) -> usize {
        // Never called: only the type of what it would give counts.
        size_of_result(move || {
            let (object, ctx) = given.unwrap();
            object.resolve_field(ctx)
        })
    }
    of_field::<T>(None)
}

#[test]
fn no_field_waits_in_much_memory() {
    let sizes = [
        ("Listing", bytes_of::<catalog::graphql::Listing>()),
        ("ListingConnection", bytes_of::<catalog::graphql::ListingConnection>()),
        ("Product", bytes_of::<catalog::graphql::Product>()),
        ("StockReservation", bytes_of::<catalog::graphql::StockReservation>()),
        ("Organization", bytes_of::<directory::graphql::Organization>()),
        ("Place", bytes_of::<directory::graphql::Place>()),
        ("Certificate", bytes_of::<certification::graphql::Certificate>()),
        ("Claim", bytes_of::<certification::graphql::Claim>()),
        ("Producer", bytes_of::<traceability::graphql::Producer>()),
        ("ProducerMembership", bytes_of::<traceability::graphql::ProducerMembership>()),
        ("Plot", bytes_of::<traceability::graphql::Plot>()),
        ("ProducerPayment", bytes_of::<traceability::graphql::ProducerPayment>()),
        ("Document", bytes_of::<documents::graphql::Document>()),
        ("Thumbnail", bytes_of::<documents::graphql::Thumbnail>()),
        ("Inquiry", bytes_of::<inquiries::graphql::Inquiry>()),
        ("InquiryMessage", bytes_of::<inquiries::graphql::InquiryMessage>()),
        ("User", bytes_of::<accounts::graphql::User>()),
        ("Membership", bytes_of::<accounts::graphql::Membership>()),
        ("Money", bytes_of::<kernel::graphql::Money>()),
        ("Quantity", bytes_of::<kernel::graphql::Quantity>()),
    ];
    let large: Vec<_> = sizes.iter().filter(|(_, bytes)| *bytes > BYTES_MAX).collect();
    assert!(large.is_empty(), "{large:?}");
}
