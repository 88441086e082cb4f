//! C interface of radiomics-rs; `include/radiomics.h` is generated from this crate and
//! `include/radiomics.hpp` wraps it for C++.
//!
//! Every symbol begins with `radiomics_`. Comments become the documentation in the header.
// Exporting a symbol under a fixed name is unsafe: another one of that name would clash.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};

/// The version as text that ends in NUL.
const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => panic!("the version holds a NUL"),
};

/// Version of the library, such as "0.1.0": static text that the caller must not free.
// SAFETY: no other symbol of this library, or of one it links, begins with `radiomics_`.
#[unsafe(no_mangle)]
pub extern "C" fn radiomics_version() -> *const c_char {
    VERSION.as_ptr()
}
