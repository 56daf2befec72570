//! An address for a camera: a QR code (ISO/IEC 18004) that can still be read when a seventh of it is dirty.

use std::{fmt::Write as _, io::Cursor};

use fast_qr::{
    ECL,
    qr::{QRBuilder, QRCode},
};
use image::{GrayImage, ImageFormat, Luma};
use maud::{Markup, html};

/// Light modules around the code, as the standard asks for.
const QUIET: usize = 4;
/// The smallest and the largest picture, in pixels.
pub const SIZES: std::ops::RangeInclusive<u32> = 100..=2_000;
/// How large a picture is for whoever does not say.
pub const SIZE: u32 = 400;

/// An address that is too long for a code, or a picture that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum QrError {
    /// The address is too long.
    #[error("an address of {0} bytes does not fit into a code")]
    TooLong(usize),
    /// The picture cannot be written.
    #[error("a picture cannot be written: {0}")]
    Picture(#[from] image::ImageError),
}

fn code(url: &str) -> Result<QRCode, QrError> {
    QRBuilder::new(url).ecl(ECL::M).build().map_err(|_| QrError::TooLong(url.len()))
}

/// How many modules a code has on a side with what is light around it.
fn side(code: &QRCode) -> usize {
    code.size + 2 * QUIET
}

/// The dark modules as a path: each run of a row is a rectangle.
fn path(code: &QRCode) -> String {
    let mut path = String::new();
    for row in 0..code.size {
        let mut column = 0;
        while column < code.size {
            let length = (column..code.size).take_while(|&at| code[row][at].value()).count();
            if length > 0 {
                // Writing to a text cannot fail.
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", column + QUIET, row + QUIET);
            }
            column += length.max(1);
        }
    }
    path
}

/// A picture for a page: a drawing with the address as its name. An address that is too long is left to its link.
pub(super) fn picture(url: &str) -> Markup {
    html! {
        @if let Ok(code) = code(url) {
            svg class="qr" viewBox={ "0 0 " (side(&code)) " " (side(&code)) } role="img" aria-label=(url)
                shape-rendering="crispEdges" { path fill="#fff" d={ "M0 0h" (side(&code)) "v" (side(&code)) "H0z" } {} path d=(path(&code)) {} }
        }
    }
}

/// The same as something that many labels of a sheet show.
pub(super) fn symbol(id: &str, url: &str) -> Markup {
    html! {
        @if let Ok(code) = code(url) {
            symbol id=(id) viewBox={ "0 0 " (side(&code)) " " (side(&code)) } { path d=(path(&code)) {} }
        }
    }
}

/// An SVG of so many pixels.
///
/// # Errors
/// [`QrError::TooLong`].
pub fn svg(url: &str, pixels: u32) -> Result<String, QrError> {
    let code = code(url)?;
    let side = side(&code);
    let drawing = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(pixels) height=(pixels) viewBox={ "0 0 " (side) " " (side) }
            shape-rendering="crispEdges" {
            title { (url) }
            path fill="#fff" d={ "M0 0h" (side) "v" (side) "H0z" } {}
            path d=(path(&code)) {}
        }
    };
    Ok(drawing.into_string())
}

/// A PNG of at most so many pixels a side: each module has the same number of them, or it would be blurred.
///
/// # Errors
/// See [`QrError`].
pub fn png(url: &str, pixels: u32) -> Result<Vec<u8>, QrError> {
    let code = code(url)?;
    let side = u32::try_from(side(&code)).unwrap_or(u32::MAX);
    let scale = (pixels / side).max(1);
    let is_dark = |x: u32, y: u32| {
        let module = |at: u32| usize::try_from(at / scale).ok().and_then(|at| at.checked_sub(QUIET));
        let (Some(column), Some(row)) = (module(x), module(y)) else { return false };
        column < code.size && row < code.size && code[row][column].value()
    };
    let light = |x, y| Luma([if is_dark(x, y) { 0 } else { u8::MAX }]);
    let picture = GrayImage::from_fn(side * scale, side * scale, light);
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png)?;
    Ok(file.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://marche.example.ml/trace/7KQ4M021";

    #[test]
    fn the_drawing_and_the_picture_have_the_same_modules() {
        let code = code(URL).unwrap();
        let side = u32::try_from(side(&code)).unwrap();
        let picture = image::load_from_memory(&png(URL, side * 3).unwrap()).unwrap().into_luma8();
        assert_eq!(picture.dimensions(), (side * 3, side * 3));
        let dark = picture.pixels().filter(|pixel| pixel.0 == [0]).count();
        let runs = path(&code);
        let drawn: usize = runs.split('h').skip(1).filter_map(|run| run.split('v').next()?.parse::<usize>().ok()).sum();
        assert_eq!(dark, drawn * 9);
        assert!((0..QUIET).all(|at| picture.get_pixel(u32::try_from(at).unwrap() * 3, side).0 == [u8::MAX]));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert!(matches!(svg(&"x".repeat(5_000), SIZE), Err(QrError::TooLong(5_000))));
        assert!(picture(&"x".repeat(5_000)).into_string().is_empty());
    }
}
