//! Pictures are decoded within limits and written anew, so that nobody is served more than the eye sees: no place and hour at
//! which a telephone took it, no owner's name, nothing that hides behind a picture's end.

use std::io::Cursor;

use image::{
    DynamicImage, ExtendedColorType, ImageDecoder as _, ImageEncoder as _, ImageError, ImageFormat, ImageReader,
    Limits,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
    },
};

use super::model::{MediaType, RenditionName};

/// Pixels along a side at most.
const SIDE_MAX: u32 = 12_000;
/// Pixels at most: of what telephones take, all but the largest. Decoded, they take four bytes each.
pub(super) const PIXELS_MAX: u64 = 50_000_000;
/// Bytes that decoding may take.
const DECODED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How well a photograph is kept, of 100.
const QUALITY: u8 = 88;
/// How well smaller pictures are kept, of 100: they are for slow networks.
const THUMBNAIL_QUALITY: u8 = 75;
/// Smaller pictures and their width in pixels. None is made that would be larger than the picture.
const THUMBNAILS: [(RenditionName, u32); 2] = [(RenditionName::Small, 320), (RenditionName::Medium, 800)];

/// A picture as it is kept.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) name: RenditionName,
    pub(super) media_type: MediaType,
    pub(super) content: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Why a picture cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PictureError {
    /// It has more pixels than can be worked on.
    TooLarge,
    /// It is damaged.
    Unreadable,
}

impl From<ImageError> for PictureError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            ImageError::Decoding(_)
            | ImageError::Encoding(_)
            | ImageError::Parameter(_)
            | ImageError::Unsupported(_)
            | ImageError::IoError(_) => Self::Unreadable,
        }
    }
}

/// The picture as it is kept, and smaller ones of it. Takes a second or so of one processor, and the memory of its pixels.
///
/// A photograph stays one, and what has sharp edges stays exact. WebP becomes one of them, since what is written here in that
/// form would be larger than either.
pub(super) fn redraw(content: &[u8], media_type: MediaType) -> Result<Vec<Picture>, PictureError> {
    let format = match media_type {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        MediaType::Webp => ImageFormat::WebP,
        MediaType::Pdf => return Err(PictureError::Unreadable),
    };
    let picture = decode(content, format)?;
    let exact = match media_type {
        MediaType::Png => true,
        MediaType::Webp => picture.color().has_alpha(),
        MediaType::Jpeg | MediaType::Pdf => false,
    };
    let mut kept = vec![if exact { png(&picture)? } else { jpeg(&picture, RenditionName::Full, QUALITY)? }];
    for (name, width) in THUMBNAILS {
        if picture.width() > width {
            kept.push(jpeg(&picture.thumbnail(width, u32::MAX), name, THUMBNAIL_QUALITY)?);
        }
    }
    Ok(kept)
}

/// Decodes a picture and turns it upright.
fn decode(content: &[u8], format: ImageFormat) -> Result<DynamicImage, PictureError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(content), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    // What the head of the file says is believed before a pixel is decoded.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || decoder.total_bytes() > DECODED_BYTES_MAX {
        return Err(PictureError::TooLarge);
    }
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn jpeg(picture: &DynamicImage, name: RenditionName, quality: u8) -> Result<Picture, PictureError> {
    let pixels = on_white(picture);
    let mut content = Vec::new();
    JpegEncoder::new_with_quality(&mut content, quality).encode_image(&pixels)?;
    Ok(Picture { name, media_type: MediaType::Jpeg, content, width: pixels.width(), height: pixels.height() })
}

/// What stands before white paper, for a form that knows nothing of transparency.
fn on_white(picture: &DynamicImage) -> image::RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let pixels = picture.to_rgba8();
    image::RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0.map(u16::from);
        // At most 255: a mean of two such numbers.
        let over = |color: u16| u8::try_from((color * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        image::Rgb([over(red), over(green), over(blue)])
    })
}

fn png(picture: &DynamicImage) -> Result<Picture, PictureError> {
    let (width, height) = (picture.width(), picture.height());
    let mut content = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut content, CompressionType::Default, FilterType::Adaptive);
    if picture.color().has_alpha() {
        encoder.write_image(picture.to_rgba8().as_raw(), width, height, ExtendedColorType::Rgba8)?;
    } else if picture.color().has_color() {
        encoder.write_image(picture.to_rgb8().as_raw(), width, height, ExtendedColorType::Rgb8)?;
    } else {
        encoder.write_image(picture.to_luma8().as_raw(), width, height, ExtendedColorType::L8)?;
    }
    Ok(Picture { name: RenditionName::Full, media_type: MediaType::Png, content, width, height })
}
