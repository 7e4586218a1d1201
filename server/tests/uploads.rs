//! Files that people bring, through the real binary on both databases: what is no picture, what only begins as one, what unfolds
//! without end, what is too large or too many, and whose product it is.
#![allow(clippy::unwrap_used)]

#[path = "support/server.rs"]
mod server;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use server::{Server, servers};
use std::io::Cursor;

const MINE: &str = "PROD-5001";

struct Desk<'a> {
    server: &'a Server,
    http: reqwest::Client,
    cookie: String,
}

impl<'a> Desk<'a> {
    async fn of(server: &'a Server, email: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let form = format!("email={}&password={}", email.replace('@', "%40"), server.card["password"].as_str().unwrap());
        let request = http.post(format!("{}/api/sign-in", server.url)).header("accept", "application/json");
        let answer = request.header("content-type", "application/x-www-form-urlencoded").body(form).send().await.unwrap();
        let cookie = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookie = cookie.collect::<Vec<_>>().join("; ");
        Self { server, http, cookie }
    }

    /// Sends a body as a form with a file is sent; answers the status, where to go, and the refusal.
    async fn send(&self, product: &str, kind: &str, body: Vec<u8>, accept: &str) -> (u16, String, String) {
        let url = format!("{}/uploads/product-picture/{product}", self.server.url);
        let request = self.http.post(url).header("cookie", &self.cookie).header("accept", accept).header("content-type", kind);
        let answer = request.body(body).send().await.unwrap();
        let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        (answer.status().as_u16(), location, answer.text().await.unwrap())
    }

    async fn bring(&self, product: &str, file: &[u8]) -> (u16, String) {
        let (status, _, text) = self.send(product, KIND, form(&[("picture", file)]), "application/json").await;
        (status, text)
    }
}

const KIND: &str = "multipart/form-data; boundary=----edge";

fn form(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file) in files {
        let head = format!("------edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n");
        body.extend([head.as_bytes(), file, b"\r\n"].concat());
    }
    body.extend(b"------edge--\r\n");
    body
}

fn picture(format: ImageFormat, side: u32) -> Vec<u8> {
    let image = RgbaImage::from_fn(side, side / 2, |x, _| Rgba([(x % 256) as u8, 80, 160, if x < side / 2 { 255 } else { 0 }]));
    let image = if format == ImageFormat::Jpeg { DynamicImage::from(DynamicImage::from(image).to_rgb8()) } else { image.into() };
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG that says it is `side` × `side`: a few bytes that would unfold to gigabytes.
fn bomb(side: u32) -> Vec<u8> {
    fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
        let body = [kind, data].concat();
        let mut sum = u32::MAX;
        for byte in &body {
            sum ^= u32::from(*byte);
            for _ in 0..8 {
                sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
            }
        }
        [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &body, &(!sum).to_be_bytes()].concat()
    }
    let head = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &head), &chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0, 0]), &chunk(b"IEND", b"")].concat()
}

async fn get(url: &str) -> reqwest::Response {
    reqwest::Client::builder().no_proxy().build().unwrap().get(url).send().await.unwrap()
}

/// The address of the picture that the product's page shows.
async fn shown(server: &Server) -> String {
    let page = get(&format!("{}/products/{MINE}", server.url)).await.text().await.unwrap();
    let from = page.find("gallery-main").unwrap();
    page[from..].split("src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_drawn_anew_and_nothing_else_of_the_file_is_kept() {
    for server in servers().await {
        let desk = Desk::of(&server, &server.staff_of_sample().await).await;
        assert!(shown(&server).await.starts_with("/art/products/"), "{}", server.name);
        let mut addresses = Vec::new();
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            // A second file behind the first, and what a camera writes.
            let mut file = picture(format, 2_000);
            if format == ImageFormat::Jpeg {
                let note = b"Exif\0\0GPS 37.5665,126.9780";
                let segment = [&[0xff, 0xe1][..], &u16::try_from(note.len() + 2).unwrap().to_be_bytes(), note].concat();
                file.splice(2..2, segment);
            }
            file.extend(b"<script>alert(1)</script>PK\x03\x04");
            assert_eq!(desk.bring(MINE, &file).await, (204, String::new()), "{}: {format:?}", server.name);
            addresses.push(shown(&server).await);
        }
        let [address, ..] = &addresses[..] else { panic!("{addresses:?}") };
        let answer = get(&format!("{}{address}", server.url)).await;
        let told = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        assert_eq!((told("content-type").as_str(), told("x-content-type-options").as_str()), ("image/jpeg", "nosniff"));
        assert!(told("content-security-policy").contains("sandbox") && told("content-disposition").starts_with("inline; filename="));
        let bytes = answer.bytes().await.unwrap();
        assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Jpeg);
        let kept = image::load_from_memory(&bytes).unwrap();
        assert_eq!((kept.width(), kept.height()), (1_600, 800));
        for trace in ["script", "GPS", "Exif", "PK\x03\x04"] {
            assert!(!bytes.windows(trace.len()).any(|part| part == trace.as_bytes()), "{}: {trace} is still there", server.name);
        }
        // Glass becomes white.
        let clear = get(&format!("{}{}", server.url, addresses[1])).await.bytes().await.unwrap();
        let [red, green, blue] = image::load_from_memory(&clear).unwrap().to_rgb8().get_pixel(1_500, 400).0;
        assert!(red > 245 && green > 245 && blue > 245, "{red} {green} {blue}");
        for nothing in ["/pictures/0", "/pictures/..%2f..%2fdemo.json", &format!("/pictures/{}", "0".repeat(64))] {
            assert_eq!(get(&format!("{}{nothing}", server.url)).await.status().as_u16(), 404, "{nothing}");
        }
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused_and_changes_nothing() {
    for server in servers().await {
        let desk = Desk::of(&server, &server.staff_of_sample().await).await;
        let before = (server.fingerprint().await, shown(&server).await);
        let good = picture(ImageFormat::Png, 64);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
        for (what, file, flaw) in [
            ("a page called picture", b"<html><script>alert(1)</script>".to_vec(), "not_a_picture"),
            ("a drawing with a script", svg.to_vec(), "not_a_picture"),
            ("a GIF with a script", b"GIF89a/*<script>alert(1)</script>*/".to_vec(), "not_a_picture"),
            ("magic bytes and nothing", b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(), "unreadable"),
            ("half a picture", good[..good.len() / 2].to_vec(), "unreadable"),
            ("a bomb", bomb(60_000), "too_many_pixels"),
            ("a smaller bomb", bomb(5_200), "too_many_pixels"),
            ("a bomb of one line", bomb(u32::MAX), "unreadable too_many_pixels"),
            ("a large file", [good.clone(), vec![0; ::server::pictures::MOST_BYTES]].concat(), "too_big"),
            ("a larger file", [good.clone(), vec![0; 3 * ::server::pictures::MOST_BYTES]].concat(), "too_big"),
        ] {
            let (status, text) = desk.bring(MINE, &file).await;
            assert_eq!(status, 422, "{}: {what}: {text}", server.name);
            let why = serde_json::from_str::<serde_json::Value>(&text).unwrap()["why"].as_str().unwrap_or_default().to_owned();
            assert!(!why.is_empty() && flaw.contains(&why), "{}: {what}: {text}", server.name);
        }
        // Forms that are none, with no file, with two; without scripts the list says why.
        let empty: &[u8] = b"";
        for (what, kind, body) in [
            ("no boundary", "multipart/form-data", form(&[("picture", &good)])),
            ("a wrong boundary", "multipart/form-data; boundary=\"\u{7f}", form(&[("picture", &good)])),
            ("another boundary", "multipart/form-data; boundary=other", form(&[("picture", &good)])),
            ("no form", "application/json", b"{}".to_vec()),
            ("a cut form", KIND, form(&[("picture", &good)])[..90].to_vec()),
            ("nothing chosen", KIND, form(&[("picture", empty)])),
            ("another field", KIND, form(&[("file", &good)])),
            ("two files", KIND, form(&[("picture", &good), ("picture", &good)])),
        ] {
            let Ok(header) = kind.parse::<reqwest::header::HeaderValue>() else { continue };
            let (status, _, text) = desk.send(MINE, header.to_str().unwrap_or(KIND), body.clone(), "application/json").await;
            assert_eq!(status, 422, "{}: {what}: {text}", server.name);
            let (status, way, _) = desk.send(MINE, header.to_str().unwrap_or(KIND), body, "text/html").await;
            assert_eq!((status, way.as_str()), (303, "/desk/products?refused=missing&product=PROD-5001"), "{}: {what}", server.name);
        }
        // Somebody else's product, and who sells nothing.
        let other = Desk::of(&server, "badacool-manager@jumun.example").await;
        assert_eq!(other.bring(MINE, &good).await.0, 404, "{}", server.name);
        assert_eq!(desk.bring("PROD-NONE", &good).await.0, 404, "{}", server.name);
        for (email, status) in [("hong@jumun.example", 403), ("admin@jumun.example", 403), ("nobody@jumun.example", 401)] {
            assert_eq!(Desk::of(&server, email).await.bring(MINE, &good).await.0, status, "{}: {email}", server.name);
        }
        // Another site's page.
        let cross = desk.http.post(format!("{}/uploads/product-picture/{MINE}", server.url)).header("cookie", &desk.cookie);
        let cross = cross.header("sec-fetch-site", "cross-site").header("content-type", KIND).body(form(&[("picture", &good)]));
        assert_eq!(cross.send().await.unwrap().status().as_u16(), 403, "{}", server.name);
        assert_eq!((server.fingerprint().await, shown(&server).await), before, "{}: a refusal changed something", server.name);

        assert_eq!(desk.send(MINE, KIND, form(&[("picture", &good)]), "text/html").await.1, "/desk/products?changed=PROD-5001");
        // What was replaced long ago is forgotten; what was replaced just now is kept for a while, and there is an end to it.
        let first = async || get(&format!("{}/pictures/{}", server.url, "0".repeat(64))).await.status().as_u16();
        ::server::testing::fill_uploads(&server.database, MINE, jumun::time::Time(0)).await;
        assert_eq!(first().await, 200, "{}", server.name);
        assert_eq!(desk.bring(MINE, &picture(ImageFormat::Png, 66)).await.0, 204, "{}", server.name);
        assert_eq!(first().await, 404, "{}", server.name);
        ::server::testing::fill_uploads(&server.database, MINE, ::server::clock::real_time()).await;
        let (status, text) = desk.bring(MINE, &good).await;
        assert!(status == 422 && text.contains("too_many\""), "{}: {text}", server.name);
        let (_, way, _) = desk.send(MINE, KIND, form(&[("picture", &good)]), "text/html").await;
        assert_eq!(way, "/desk/products?refused=too_many&product=PROD-5001", "{}", server.name);
        let nobody = Desk::of(&server, "nobody@jumun.example").await;
        assert_eq!(nobody.send(MINE, KIND, form(&[("picture", &good)]), "text/html").await.1, "/sign-in?next=/desk/products", "{}", server.name);
        server.assert_clean();
    }
}
