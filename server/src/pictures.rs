//! Pictures that people bring: read by what their bytes are and not by what they are called, and drawn anew. Nothing else of the
//! file is kept: no place and device that a camera wrote, no second file behind the first.

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage, codecs::jpeg::JpegEncoder, metadata::Orientation};
use jumun::refusal::{PictureFlaw, Refusal};
use sha2::{Digest, Sha256};
use std::io::Cursor;
use tokio::sync::Semaphore;

/// The largest file.
pub const MOST_BYTES: usize = PictureFlaw::MOST_BYTES;
/// What the pixels of a file may take in memory: a photo of 32 megapixels. A small file can unfold to any size.
const MOST_MEMORY: u64 = 96 * 1024 * 1024;
/// The longer side of what is kept.
const LONGEST: u32 = 1_600;
/// Of the JPEG that is kept, of 100.
const QUALITY: u8 = 84;

/// Pictures drawn at the same time: each takes memory and a core.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A picture as it is kept and served: a JPEG.
#[derive(Debug)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// SHA-256 of it, in hex.
    pub hash: String,
}

/// Draws a picture anew, beside the threads that answer.
///
/// # Errors
/// [`Refusal::PictureRefused`].
pub async fn redraw(bytes: Vec<u8>) -> Result<Picture, Refusal> {
    let permit = AT_ONCE.acquire().await.map_err(|_| Refusal::Broken)?;
    // The permit goes along: who hangs up does not stop the drawing. A decoder that panics takes its task with it and nothing else.
    let task = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        drawn(&bytes)
    });
    task.await.unwrap_or(Err(PictureFlaw::Unreadable)).map_err(|why| Refusal::PictureRefused { why })
}

fn drawn(bytes: &[u8]) -> Result<Picture, PictureFlaw> {
    if bytes.len() > MOST_BYTES {
        return Err(PictureFlaw::TooBig);
    }
    let format = image::guess_format(bytes).ok().filter(|format| matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP));
    let unreadable = |_| PictureFlaw::Unreadable;
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format.ok_or(PictureFlaw::NotAPicture)?).into_decoder().map_err(unreadable)?;
    if decoder.total_bytes() > MOST_MEMORY {
        return Err(PictureFlaw::TooManyPixels);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY * 2);
    decoder.set_limits(limits).map_err(unreadable)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    if image.width().max(image.height()) > LONGEST {
        image = image.thumbnail(LONGEST, LONGEST);
    }
    // Of the small one, because turning takes the picture's memory again.
    image.apply_orientation(orientation);
    let mut bytes = Vec::new();
    on_white(&image).write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY)).map_err(unreadable)?;
    let hash = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Picture { bytes, hash })
}

/// A JPEG knows no transparency.
fn on_white(image: &DynamicImage) -> RgbImage {
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        let over = |colour: u8| u8::try_from((u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255).unwrap_or(u8::MAX);
        Rgb([over(red), over(green), over(blue)])
    })
}
