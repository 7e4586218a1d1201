//! Packs the word catalogue, one text for each language.

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let (Ok(out), Ok(arch)) = (env::var("OUT_DIR"), env::var("CARGO_CFG_TARGET_ARCH")) else { panic!("cargo runs this") };
    for (locale, words) in rust_i18n_support::load_locales("locales", |_| false) {
        // Only the server writes notices.
        let words = words.iter().filter(|(key, _)| arch != "wasm32" || !key.starts_with("notice."));
        let packed: String = words.map(|(key, text)| format!("{key}\u{1f}{text}\u{1e}")).collect();
        if let Err(error) = fs::write(Path::new(&out).join(locale), packed) {
            panic!("{error}");
        }
    }
}
