//! Versions.

use std::ffi::{CStr, c_char};

/// The version of the library as text that ends in NUL.
const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => panic!("the version holds a NUL"),
};

/// Version of this interface: it grows when functions, fields or codes are added. Nothing that is in the
/// interface is changed or removed while the library's soname stays the same.
pub const RADIOMICS_ABI_VERSION: u32 = 8;

/// Version of the library, such as "0.1.0": static text that the caller must not free.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub extern "C" fn radiomics_version() -> *const c_char {
    VERSION.as_ptr()
}

/// RADIOMICS_ABI_VERSION of the library that is linked; the macro is that of the header.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub extern "C" fn radiomics_abi_version() -> u32 {
    RADIOMICS_ABI_VERSION
}
