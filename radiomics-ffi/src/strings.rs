//! Texts for C.

use std::collections::BTreeMap;
use std::ffi::{CString, c_char};

/// `text` with a NUL at its end. What people write can hold a NUL ("\0" in YAML), which would
/// cut the text short; it is left out.
pub(crate) fn c_text(text: &str) -> CString {
    let bytes: Vec<u8> = text.bytes().filter(|byte| *byte != 0).collect();
    CString::new(bytes).expect("no NUL is left")
}

/// Texts that live as long as the handle that owns them, each kept once.
#[derive(Default)]
pub(crate) struct Texts(BTreeMap<String, CString>);

impl Texts {
    /// A pointer to `text`, valid until the collection is dropped, also when more are added.
    pub fn keep(&mut self, text: &str) -> *const c_char {
        if !self.0.contains_key(text) {
            self.0.insert(text.to_owned(), c_text(text));
        }
        // A CString owns its characters on the heap: they stay where they are when it moves.
        self.0[text].as_ptr()
    }
}
