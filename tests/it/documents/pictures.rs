//! Of a picture only what the eye sees is kept.

use db_test::db_test;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::json;

use super::Desk;

/// A photograph, left half red and right half blue.
fn photograph(width: u32, height: u32) -> DynamicImage {
    let color = |x, _| if x < width / 2 { Rgb([200, 20, 20]) } else { Rgb([20, 20, 200]) };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, color))
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut content = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut content, format).unwrap();
    content.into_inner()
}

/// An EXIF block as a telephone writes it: lying on its side, and taken at 12° 38' N, 8° 0' W.
fn exif() -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
    };
    // The first folder: orientation 6 (to be turned to the right), the owner's name, and where the places are.
    tiff.extend(3_u16.to_be_bytes());
    tiff.extend(entry(0x0112, 3, 1, [0, 6, 0, 0]));
    tiff.extend(entry(0x013b, 2, 4, *b"Awa\0"));
    tiff.extend(entry(0x8825, 4, 1, 50_u32.to_be_bytes()));
    tiff.extend(0_u32.to_be_bytes());
    // The second: latitude and longitude.
    assert_eq!(tiff.len(), 50);
    tiff.extend(4_u16.to_be_bytes());
    tiff.extend(entry(1, 2, 2, *b"N\0\0\0"));
    tiff.extend(entry(2, 5, 3, 104_u32.to_be_bytes()));
    tiff.extend(entry(3, 2, 2, *b"W\0\0\0"));
    tiff.extend(entry(4, 5, 3, 128_u32.to_be_bytes()));
    tiff.extend(0_u32.to_be_bytes());
    assert_eq!(tiff.len(), 104);
    for (number, of) in [(12_u32, 1_u32), (38, 1), (0, 1), (8, 1), (0, 1), (0, 1)] {
        tiff.extend(number.to_be_bytes());
        tiff.extend(of.to_be_bytes());
    }
    let body = [b"Exif\0\0", &*tiff].concat();
    let length = u16::try_from(body.len() + 2).unwrap();
    [&b"\xff\xe1"[..], &length.to_be_bytes(), &body].concat()
}

/// The same JPEG with a block behind its first mark, a remark, and something after its end.
fn with_secrets(jpeg: &[u8]) -> Vec<u8> {
    let remark = b"\xff\xfe\0\x10home of Fanta.";
    [&jpeg[..2], &exif(), remark, &jpeg[2..], b"<script>alert(1)</script>"].concat()
}

fn contains(content: &[u8], what: &[u8]) -> bool {
    content.windows(what.len()).any(|window| window == what)
}

#[db_test]
async fn a_telephones_photograph_stands_upright_and_tells_nothing_of_where_it_was_taken(desk: Desk) {
    let content = with_secrets(&encoded(&photograph(1_600, 900), ImageFormat::Jpeg));
    for secret in [&b"Exif"[..], b"Awa", b"Fanta", b"script"] {
        assert!(contains(&content, secret));
    }
    let changes = json!({ "fileName": "IMG_1.JPEG", "visibility": "PUBLIC" });
    let document = desk.hand_in(&content, "image/jpeg", changes).await;
    assert_ne!(document["sha256"], document["uploadedSha256"]);

    let served = desk.fetch(&document["downloadUrl"]).await;
    assert_eq!(document["byteSize"], served.len());
    assert_eq!(document["sha256"], bfw::kernel::digest::Digest::of(&served).to_string());
    let widths: Vec<_> = document["thumbnails"].as_array().unwrap().iter().map(|one| one["width"].clone()).collect();
    assert_eq!(widths, [json!(320), json!(800)], "the smallest first");
    let mut all = vec![served];
    for thumbnail in document["thumbnails"].as_array().unwrap() {
        let small = desk.fetch(&thumbnail["url"]).await;
        let read = image::load_from_memory_with_format(&small, ImageFormat::Jpeg).unwrap();
        assert_eq!(
            (json!(read.width()), json!(read.height())),
            (thumbnail["width"].clone(), thumbnail["height"].clone())
        );
        all.push(small);
    }
    for content in &all {
        for secret in [&b"Exif"[..], b"Awa", b"Fanta", b"script", b"\xff\xe1", b"\xff\xfe"] {
            assert!(!contains(&content[..content.len().min(600)], secret), "{secret:?}");
        }
        assert!(content.ends_with(b"\xff\xd9"), "nothing hides behind its end");
    }
    let upright = image::load_from_memory(&all[0]).unwrap().to_rgb8();
    assert_eq!((upright.width(), upright.height()), (900, 1_600));
    let (above, below) = (upright.get_pixel(450, 100), upright.get_pixel(450, 1_500));
    assert!(above.0[0] > 150 && below.0[2] > 150, "what was left is above: {above:?} {below:?}");
}

#[db_test]
async fn what_has_sharp_edges_stays_exact_and_what_is_small_has_no_smaller_ones(desk: Desk) {
    let picture = photograph(64, 32);
    let document = desk.hand_in(&encoded(&picture, ImageFormat::Png), "image/png", json!({})).await;
    assert_eq!((&document["mediaType"], &document["thumbnails"]), (&json!("image/png"), &json!([])));
    let served = image::load_from_memory(&desk.fetch(&document["downloadUrl"]).await).unwrap();
    assert_eq!(served.to_rgb8(), picture.to_rgb8());

    let changes = json!({ "fileName": "marché.webp" });
    let document = desk.hand_in(&encoded(&picture, ImageFormat::WebP), "image/webp", changes).await;
    assert_eq!(document["mediaType"], "image/jpeg", "a photograph");
    let answer = desk.http.get(document["downloadUrl"].as_str().unwrap()).send().await.unwrap();
    let disposition = answer.headers()["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("inline; ") && disposition.ends_with("''march%C3%A9%2Ejpg"), "{disposition}");

    let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(400, 8, image::Rgba([9, 9, 9, 0])));
    let document = desk.hand_in(&encoded(&clear, ImageFormat::WebP), "image/webp", json!({})).await;
    assert_eq!(document["mediaType"], "image/png", "what can be seen through stays so");
    let small = desk.fetch(&document["thumbnails"][0]["url"]).await;
    let small = image::load_from_memory(&small).unwrap().to_rgb8();
    assert!(small.get_pixel(10, 2).0[0] > 250, "before white paper");
}

/// A PNG that says that it has so many pixels, and holds next to none.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
        })
    }
    let chunk = |name: &[u8], body: &[u8]| {
        let named = [name, body].concat();
        [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
    };
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    // Zeros, as often as one block of the compression can say.
    let zeros = b"\x78\x9c\x63\x60\x00\x00\x00\x02\x00\x01";
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &head), &chunk(b"IDAT", zeros), &chunk(b"IEND", b"")].concat()
}

#[db_test]
async fn a_picture_that_would_fill_the_memory_is_refused_by_what_it_says_it_is(desk: Desk) {
    for (width, height) in [(30_000, 30_000), (12_001, 1), (1, 4_000_000_000), (10_000, 10_000)] {
        let content = bomb(width, height);
        let upload = desk.announce(&content, "image/png", json!({})).await;
        assert!(desk.send(&upload, &content).await.is_success());
        assert_eq!(desk.refusal(&upload).await, "IMAGE_TOO_LARGE", "{width} × {height}");
        assert_eq!(desk.refusal(&upload).await, "IMAGE_TOO_LARGE", "and stays so");
        let seen = desk.seen(Some(&desk.token), &upload["documentId"]).await;
        assert_eq!((&seen["state"], &seen["refusal"]), (&json!("REFUSED"), &json!("IMAGE_TOO_LARGE")));
    }
    let whole = encoded(&photograph(64, 32), ImageFormat::Jpeg);
    for broken in [bomb(100, 100), whole[..40].to_vec()] {
        let media_type = if broken.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
        let upload = desk.announce(&broken, media_type, json!({})).await;
        assert!(desk.send(&upload, &broken).await.is_success());
        assert_eq!(desk.refusal(&upload).await, "UNREADABLE_IMAGE");
    }
}
