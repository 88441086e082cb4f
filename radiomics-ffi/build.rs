//! Gives the shared library its soname on Linux, where the linker does not make one of the file name.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        // Nothing that is there changes while the first number of the version stays.
        let major = std::env::var("CARGO_PKG_VERSION_MAJOR").expect("cargo tells the version");
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libradiomics.so.{major}");
    }
}
