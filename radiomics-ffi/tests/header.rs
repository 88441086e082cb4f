//! The committed C header is what cbindgen makes of the source.
//! `REGENERATE=1 cargo test -p radiomics-ffi` rewrites it.

use std::path::{Path, PathBuf};

#[test]
fn header_is_up_to_date() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = here.join("../include/radiomics.h");
    let mut header = Vec::new();
    let config = cbindgen::Config::from_file(here.join("cbindgen.toml")).unwrap();
    let builder = cbindgen::Builder::new().with_config(config);
    sources(here).into_iter().fold(builder, |b, s| b.with_src(s)).generate().unwrap().write(&mut header);
    let header = String::from_utf8(header).unwrap();
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(&committed, header).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&committed).unwrap().replace("\r\n", "\n");
    assert!(
        found == header,
        "include/radiomics.h is out of date: run `REGENERATE=1 cargo test -p radiomics-ffi`"
    );
}

/// The source files, sorted. cbindgen is given files rather than the crate, for which it
/// would have to ask cargo, and cargo the network.
fn sources(here: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(here.join("src")).unwrap();
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "rs"));
    files.sort();
    files
}
