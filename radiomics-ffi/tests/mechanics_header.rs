//! The committed C header is what cbindgen makes of the source.
//! `REGENERATE=1 cargo test -p radiomics-ffi` rewrites it.

use std::path::Path;

use radiomics_core::masks::Distance;
use radiomics_core::{IbsiConfiguration, Named, Profile, Reason, WarningCode};

#[test]
fn header_is_up_to_date() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = here.join("include/radiomics.h");
    let mut header = Vec::new();
    let mut config = cbindgen::Config::from_file(here.join("cbindgen.toml")).unwrap();
    config.after_includes = config.after_includes.map(|text| {
        [
            ("@VERSION@", env!("CARGO_PKG_VERSION")),
            ("@MAJOR@", env!("CARGO_PKG_VERSION_MAJOR")),
            ("@MINOR@", env!("CARGO_PKG_VERSION_MINOR")),
            ("@PATCH@", env!("CARGO_PKG_VERSION_PATCH")),
        ]
        .into_iter()
        .fold(text, |text, (name, value)| text.replace(name, value))
    });
    let builder = cbindgen::Builder::new().with_config(config);
    // Given a file rather than the crate, cbindgen need not ask cargo, and cargo not the network.
    builder.with_src(here.join("src/lib.rs")).generate().unwrap().write(&mut header);
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

/// Whoever reads the header alone learns every name that a text of the interface can be.
#[test]
fn names_are_in_the_header() {
    fn names<T: Named>() -> impl Iterator<Item = &'static str> {
        T::NAMES.iter().map(|(name, _)| *name).filter(|name| !name.is_empty())
    }
    let header =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("include/radiomics.h")).unwrap();
    let all = names::<Profile>()
        .chain(names::<WarningCode>())
        .chain(names::<Reason>())
        .chain(names::<Distance>())
        .chain(names::<IbsiConfiguration>().filter(|name| !["B", "C", "D"].contains(name)));
    for name in all {
        assert!(header.contains(&format!("\"{name}\"")), "the header does not have \"{name}\"");
    }
}
