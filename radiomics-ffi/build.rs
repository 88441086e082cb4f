//! Gives the shared library its soname on Linux, where the linker does not make one of the file name, and on macOS the
//! name that programs look for it by, which would be a path of this machine.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Nothing that is there changes while the first number of the version stays.
    let major = std::env::var("CARGO_PKG_VERSION_MAJOR").expect("cargo tells the version");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libradiomics.so.{major}"),
        Ok("macos" | "ios") => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libradiomics.{major}.dylib");
        }
        _ => {}
    }
}
