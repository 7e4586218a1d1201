//! Packs the word catalogue, one text for each language, and keeps the development's module short.

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let (Ok(out), Ok(arch), Ok(profile)) = (env::var("OUT_DIR"), env::var("CARGO_CFG_TARGET_ARCH"), env::var("PROFILE")) else {
        panic!("cargo runs this")
    };
    // Three quarters of such a module were names of functions, and every page waits for all of it; panics say where without them.
    // The release needs them to split, and drops them after.
    if arch == "wasm32" && profile == "debug" {
        println!("cargo::rustc-link-arg-cdylib=--strip-all");
        println!("cargo::rustc-link-arg-cdylib=--keep-section=target_features");
    }
    for (locale, words) in rust_i18n_support::load_locales("locales", |_| false) {
        // Only the server writes notices.
        let words = words.iter().filter(|(key, _)| arch != "wasm32" || !key.starts_with("notice."));
        let packed: String = words.map(|(key, text)| format!("{key}\u{1f}{text}\u{1e}")).collect();
        if let Err(error) = fs::write(Path::new(&out).join(locale), packed) {
            panic!("{error}");
        }
    }
}
