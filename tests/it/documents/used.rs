//! Documents that serve for something: pictures beside an offer.

use db_test::db_test;
use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::{Value, json};

use super::{DELETE, Desk, pdf};

const SET: &str = "mutation($input: SetListingImagesInput!) { setListingImages(input: $input) { \
    listing { version images { id mediaType downloadUrl thumbnails { width url } } } userErrors { code message path } } }";

fn picture(shade: u8) -> Vec<u8> {
    let mut content = std::io::Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(400, 300, image::Rgb([shade; 3])));
    picture.write_to(&mut content, ImageFormat::Jpeg).unwrap();
    content.into_inner()
}

async fn public_picture(desk: &Desk, shade: u8) -> Value {
    let changes = json!({ "visibility": "PUBLIC" });
    desk.hand_in(&picture(shade), "image/jpeg", changes).await["id"].take()
}

async fn shown(desk: &Desk, listing: &str) -> Vec<Value> {
    let query = "query($id: ID!) { listing(id: $id) { images { id } } }";
    let data = desk.app.expect_data(None, query, json!({ "id": listing })).await;
    data["listing"]["images"].as_array().unwrap().iter().map(|image| image["id"].clone()).collect()
}

#[db_test]
async fn a_listing_is_shown_with_its_pictures_in_their_order(desk: Desk) {
    let listing = desk.app.published(&desk.token, &desk.organization, json!({})).await;
    let (first, second) = (public_picture(&desk, 10).await, public_picture(&desk, 200).await);
    let input = json!({ "listingId": listing, "documentIds": [second, first], "expectedVersion": 2 });
    let payload = desk.app.expect_payload(Some(&desk.token), SET, input.clone()).await;
    assert_eq!(payload["listing"]["version"], 3);
    assert_eq!(payload["listing"]["images"][0]["thumbnails"][0]["width"], 320);
    assert_eq!(shown(&desk, &listing).await, [second.clone(), first.clone()], "everybody sees them");
    let errors = desk.app.user_errors(Some(&desk.token), SET, input).await;
    assert_eq!(errors[0].0, "VERSION_CONFLICT");

    let used = desk.app.user_errors(Some(&desk.token), DELETE, json!({ "documentId": first })).await;
    assert_eq!(used, [("DOCUMENT_IN_USE".to_owned(), "input.documentId".to_owned())]);
    let input = json!({ "listingId": listing, "documentIds": [second, second], "idempotencyKey": "k" });
    for _ in 0..2 {
        let payload = desk.app.expect_payload(Some(&desk.token), SET, input.clone()).await;
        assert_eq!(payload["listing"]["version"], 4, "done once");
    }
    assert_eq!(shown(&desk, &listing).await, [second]);
    let payload = desk.app.expect_payload(Some(&desk.token), DELETE, json!({ "documentId": first })).await;
    assert_eq!(payload["deletedDocumentId"], first);
    desk.app.settle().await;
}

#[db_test]
async fn only_ready_public_pictures_of_ones_own_are_shown(desk: Desk) {
    let listing = desk.app.draft(&desk.token, &desk.organization, json!({})).await;
    let paper = desk.hand_in(&pdf(100), "application/pdf", json!({ "visibility": "PUBLIC" })).await["id"].take();
    let private = desk.hand_in(&picture(3), "image/jpeg", json!({})).await["id"].take();
    let pending = desk.announce(&picture(4), "image/jpeg", json!({ "visibility": "PUBLIC" })).await;
    let good = public_picture(&desk, 5).await;
    let try_with = async |ids: Value| {
        let input = json!({ "listingId": listing, "documentIds": ids });
        desk.app.user_errors(Some(&desk.token), SET, input).await
    };
    let errors = try_with(json!([good, paper, private])).await;
    let expected = ["input.documentIds.1", "input.documentIds.2"];
    assert_eq!(errors, expected.map(|path| ("NOT_A_PUBLIC_IMAGE".to_owned(), path.to_owned())));
    let errors = try_with(json!([pending["documentId"], good])).await;
    assert_eq!(errors, [("NOT_FOUND".to_owned(), "input.documentIds.0".to_owned())]);
    assert_eq!(try_with(json!(vec![good.clone(); 9])).await[0].0, "TOO_LONG");
    assert_eq!(try_with(json!([listing])).await[0].0, "INVALID_ID");

    let other = desk.app.sign_up("fanta@example.org").await;
    let elsewhere = desk.app.register(&other, "COOPERATIVE", "Sabali").await;
    let theirs = desk.app.draft(&other, &elsewhere, json!({})).await;
    let input = json!({ "listingId": theirs, "documentIds": [good] });
    let errors = desk.app.user_errors(Some(&other), SET, input).await;
    assert_eq!(errors[0], ("NOT_FOUND".to_owned(), "input.documentIds.0".to_owned()), "another's picture");
}
