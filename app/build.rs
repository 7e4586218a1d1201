//! The words are compiled in; without this a change of words alone rebuilds nothing.

fn main() {
    println!("cargo:rerun-if-changed=locales");
}
